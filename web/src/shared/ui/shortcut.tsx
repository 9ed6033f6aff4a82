import { useTranslation } from "react-i18next";
import { type CommandId, keyCaps, keysOf } from "@/shared/lib/hotkeys";
import { Kbd } from "./bits";

/** The keys of a command, as a hint; read out by nobody, because `aria-keyshortcuts` and the list under `?` say it. */
export function Shortcut({ of, className }: { of: CommandId; className?: string }) {
  const { i18n } = useTranslation();
  const [keys] = keysOf(of);
  if (!keys) return null;
  return (
    <span className={className ?? "inline-flex gap-0.5"} aria-hidden>
      {keyCaps(keys, i18n.language).map((cap) => (
        <Kbd key={cap}>{cap}</Kbd>
      ))}
    </span>
  );
}
