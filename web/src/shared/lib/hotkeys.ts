import { useEffect, useRef } from "react";

/**
 * Keys by position (`KeyJ`), so that Cyrillic layouts keep their shortcuts.
 * Off while somebody types, and while a dialog is open.
 */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

/** Whether this element takes letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === "gridcell")
  );
}

/** The name under which a key event is looked up: `Shift+KeyJ`, `Mod+Enter`, `Slash`. */
export function hotkeyName(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  return `${mod}${alt}${shift}${event.code}`;
}

export function useHotkeys(keys: Hotkeys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    let prefix = "";
    let timer = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = hotkeyName(event);
      if (isTyping(event.target) && !name.startsWith("Mod+")) return;
      if (document.querySelector('[role="dialog"][data-open]')) return;
      const handler = current.current[prefix ? `${prefix} ${name}` : name];
      prefix = "";
      if (handler) {
        event.preventDefault();
        handler(event);
      } else if (Object.keys(current.current).some((key) => key.startsWith(`${name} `))) {
        prefix = name;
        clearTimeout(timer);
        timer = window.setTimeout(() => {
          prefix = "";
        }, 1200);
      }
    };
    addEventListener("keydown", listen);
    return () => {
      removeEventListener("keydown", listen);
      clearTimeout(timer);
    };
  }, []);
}
