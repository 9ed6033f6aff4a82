import { useTranslation } from "react-i18next";
import { columnBase } from "./columns";

/** What a column is called in the interface language; its own heading when we have no word for it. */
export function useColumnName(): (key: string, heading?: string) => string {
  const { t, i18n } = useTranslation();
  return (key, heading) => {
    const known = `column.${columnBase(key)}`;
    return i18n.exists(known) ? t(known) : (heading ?? key);
  };
}
