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

type Problem = { code: string; message: string; suggestion: string };

/** The problem and what to do about it: in our words when the code is known, else as the server says. */
export function useProblemText(): (problem: Problem) => { cause: string; advice: string } {
  const { t, i18n } = useTranslation();
  return (problem) => ({
    cause: i18n.exists(`problem.${problem.code}`) ? t(`problem.${problem.code}`) : problem.message,
    advice: i18n.exists(`advice.${problem.code}`) ? t(`advice.${problem.code}`) : problem.suggestion,
  });
}
