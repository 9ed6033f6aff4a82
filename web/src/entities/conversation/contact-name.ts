import { useTranslation } from "react-i18next";

/** A person's name, their phone, or "Visitor": whatever is known first. */
export function useContactName(): (row: { contact: { name?: string | null; phone?: string | null } }) => string {
  const { t } = useTranslation();
  return (row) => row.contact.name || row.contact.phone || t("inbox.visitor");
}
