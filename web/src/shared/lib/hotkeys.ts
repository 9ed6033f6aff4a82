import { useEffect, useRef, useSyncExternalStore } from "react";
import { storage } from "./storage";

/**
 * Every shortcut of the program, and nothing else names a key: this table drives the handlers, the hints in menus, the
 * palette and the list under `?`. Keys are places on the keyboard (`KeyJ`), so that Cyrillic layouts keep their
 * shortcuts. `Mod` is Ctrl, or Cmd on a Mac; two names after another are pressed one after the other.
 */
export const KEYS = {
  "general.palette": ["Mod+KeyK"],
  "general.search": ["Slash"],
  "general.sidebar": ["BracketLeft"],
  "general.help": ["Shift+Slash"],
  "general.light": [],
  "general.dark": [],
  "go.home": ["KeyG KeyH"],
  "go.inbox": ["KeyG KeyI"],
  "go.try": ["KeyG KeyT"],
  "go.catalogue": ["KeyG KeyK"],
  "go.orders": ["KeyG KeyP"],
  "go.calendar": ["KeyG KeyB"],
  "go.jobs": ["KeyG KeyJ"],
  "go.settings": ["KeyG KeyS"],
  "inbox.next": ["KeyJ", "ArrowDown"],
  "inbox.previous": ["KeyK", "ArrowUp"],
  "inbox.reply": ["KeyR"],
  "inbox.note": ["KeyP"],
  "inbox.take": ["KeyO"],
  "inbox.resolve": ["KeyE"],
  "inbox.resolveNext": ["Mod+Alt+KeyE"],
  "inbox.send": ["Mod+Enter"],
  "inbox.close": ["Escape"],
  "calendar.month": ["KeyM"],
  "calendar.week": ["KeyW"],
  "calendar.day": ["KeyD"],
  "calendar.list": ["KeyL"],
  "calendar.today": ["KeyT"],
  "calendar.previous": ["ArrowLeft"],
  "calendar.next": ["ArrowRight"],
  "booking.earlier": ["Shift+ArrowUp"],
  "booking.later": ["Shift+ArrowDown"],
  "booking.dayBefore": ["Shift+ArrowLeft"],
  "booking.dayAfter": ["Shift+ArrowRight"],
  "booking.shorter": ["Alt+Shift+ArrowUp"],
  "booking.longer": ["Alt+Shift+ArrowDown"],
  "booking.confirm": ["Enter"],
  "booking.undo": ["Escape"],
  "grid.edit": ["Enter", "F2"],
  "grid.extend": ["Shift+ArrowDown"],
  "grid.row": ["Shift+Space"],
  "grid.copy": ["Mod+KeyC"],
  "grid.paste": ["Mod+KeyV"],
  "grid.undo": ["Mod+KeyZ"],
  "grid.redo": ["Mod+Shift+KeyZ"],
  "grid.clear": ["Delete"],
  "grid.find": ["Mod+KeyF"],
  "grid.jump": ["Alt+KeyG"],
} as const satisfies Record<string, readonly string[]>;

export type CommandId = keyof typeof KEYS;
export type Commands = Partial<Record<CommandId, () => void>>;

/** The part of the program a command belongs to: the first half of its name. */
export function scopeOf(id: CommandId): string {
  return id.slice(0, id.indexOf("."));
}

/** The scopes in the order of the list under `?`. */
export const SCOPES = [...new Set((Object.keys(KEYS) as CommandId[]).map(scopeOf))];

const bound: { current: Commands }[] = [];
const changed = new EventTarget();
let shown: readonly CommandId[] = [];

function tell(): void {
  const ids = Object.keys(KEYS) as CommandId[];
  shown = ids.filter((id) => bound.some((commands) => commands.current[id]));
  changed.dispatchEvent(new Event("change"));
}

/** The keys of a command, the usual ones first; none when it stands in the palette only. */
export function keysOf(id: CommandId): readonly string[] {
  return KEYS[id];
}

/** Runs a command as its key would; of several that offer it the latest has it. */
export function run(id: CommandId): void {
  bound.findLast((commands) => commands.current[id])?.current[id]?.();
}

/** Offers commands for as long as the component stands: their keys work, and the palette lists them. */
export function useCommands(commands: Commands): void {
  const current = useRef(commands);
  current.current = commands;
  const ids = Object.keys(commands)
    .filter((id) => commands[id as CommandId])
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the handlers are read when they run
  useEffect(() => {
    bound.push(current);
    tell();
    return () => {
      bound.splice(bound.indexOf(current), 1);
      tell();
    };
  }, [ids]);
}

/** The commands that can be run now, in the order of the table. */
export function useOffered(): readonly CommandId[] {
  return useSyncExternalStore(
    (listener) => {
      changed.addEventListener("change", listener);
      return () => changed.removeEventListener("change", listener);
    },
    () => shown,
  );
}

const SINGLE = "x8.singleKeys";

/** Whether shortcuts of a single character work (WCAG 2.1.4: they can be switched off). */
export function singleKeys(): boolean {
  return storage.get(SINGLE) !== "off";
}

export function setSingleKeys(on: boolean): void {
  storage.set(SINGLE, on ? null : "off");
  changed.dispatchEvent(new Event("change"));
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore((listener) => {
    changed.addEventListener("change", listener);
    return () => changed.removeEventListener("change", listener);
  }, singleKeys);
}

/** Whether this element takes letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && /^(radio|checkbox|button|submit|range|file)$/.test(target.type))
    return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || isCell(target);
}

/** A cell of a grid: a letter begins to edit it. */
function isCell(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.getAttribute("role") === "gridcell";
}

/** The name under which a key event is looked up: `Shift+KeyJ`, `Mod+Enter`, `Slash`. */
export function hotkeyName(event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "code">): string {
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  return `${mod}${alt}${shift}${event.code}`;
}

/** Whether a key event is that of a command: for widgets that handle their keys where the focus is. */
export function isKeyOf(
  event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "code">,
  id: CommandId,
): boolean {
  return keysOf(id).includes(hotkeyName(event));
}

const editing = /^Mod\+(Shift\+)?Key[ACVXYZ]$/;
const character = /^(Shift\+)?(Key|Digit|Slash|Bracket|Space)/;
// Keys that move within a group of radio buttons, a menu or a list are the group's own.
const moving = /^(Arrow|Home|End|Page|Enter|Space)/;

/** Listens for the keys of all commands; the shell does so once. */
export function useHotkeys(): void {
  useEffect(() => {
    let prefix = "";
    let timer = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = hotkeyName(event);
      if (isTyping(event.target) && !(isCell(event.target) ? /^(Mod|Alt)\+/ : /^Mod\+/).test(name)) return;
      // Copying, pasting and undoing in a field are the field's own.
      if (isTyping(event.target) && !isCell(event.target) && editing.test(name)) return;
      if (document.querySelector('[data-modal][data-open],[role="menu"][data-open]')) return;
      if (character.test(name) && !singleKeys()) return;
      if (moving.test(event.code) && event.target instanceof Element && event.target.closest('[role="radiogroup"]'))
        return;
      const wanted = prefix ? `${prefix} ${name}` : name;
      prefix = "";
      const found = shown.find((id) => keysOf(id).includes(wanted));
      if (found) {
        event.preventDefault();
        run(found);
      } else if (shown.some((id) => keysOf(id).some((keys) => keys.startsWith(`${name} `)))) {
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

// What is printed on the keys of the Russian and Kazakh layouts.
const cyrillic: Record<string, string> = Object.fromEntries(
  [..."QWERTYUIOPASDFGHJKLZXCVBNM"].map((letter, at) => [`Key${letter}`, "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"[at] ?? ""]),
);
const names: Record<string, string> = {
  Slash: "/",
  BracketLeft: "[",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "Enter",
};

/**
 * A key combination as it is printed on the keys, one text a key. People who write Cyrillic see both letters of a key;
 * on a Mac the modifier is ⌘.
 */
export function keyCaps(keys: string, locale: string, mac = /Mac|iPhone|iPad/.test(navigator.userAgent)): string[] {
  return keys.split(" ").flatMap((combination) => {
    if (combination === "Shift+Slash") return ["?"];
    return combination.split("+").map((part) => {
      if (part === "Mod") return mac ? "⌘" : "Ctrl";
      if (part === "Alt") return mac ? "⌥" : "Alt";
      if (part === "Shift") return mac ? "⇧" : "Shift";
      const letter = /^Key([A-Z])$/.exec(part)?.[1];
      if (!letter) return names[part] ?? part.replace(/^Digit/, "");
      const other = locale === "ru" || locale === "kk" ? cyrillic[part] : undefined;
      return other ? `${letter} ${other}` : letter;
    });
  });
}
