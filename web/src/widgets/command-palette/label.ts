import { useTranslation } from "react-i18next";
import type { CommandId } from "@/shared/lib/hotkeys";

/** What a command is called; a place is called as in the menu. */
export function useCommandLabel(): (id: CommandId) => string {
  const { t } = useTranslation();
  return (id) => (id.startsWith("go.") ? t(`nav.${id.slice(3)}`) : t(`command.${id}`));
}
