import { render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Commands,
  hotkeyName,
  isKeyOf,
  isTyping,
  KEYS,
  keyCaps,
  setSingleKeys,
  useCommands,
  useHotkeys,
  useOffered,
} from "./hotkeys";

function Page({ commands, inner }: { commands: Commands; inner?: Commands }) {
  useHotkeys();
  useCommands(commands);
  return (
    <>
      {inner && <Inner commands={inner} />}
      <p>{useOffered().join(" ")}</p>
      <input aria-label="field" />
      <div role="gridcell" tabIndex={0} />
      <div role="radiogroup">
        <button type="button">one</button>
      </div>
    </>
  );
}

function Inner({ commands }: { commands: Commands }) {
  useCommands(commands);
  return null;
}

function press(code: string, options: KeyboardEventInit = {}, on: Element = document.body) {
  on.dispatchEvent(new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...options }));
}

afterEach(() => setSingleKeys(true));

describe("a key", () => {
  it("goes by its place, whatever letter it writes", () => {
    expect(hotkeyName(new KeyboardEvent("keydown", { key: "о", code: "KeyJ" }))).toBe("KeyJ");
    expect(hotkeyName(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true }))).toBe("Mod+Enter");
    expect(isKeyOf(new KeyboardEvent("keydown", { key: "я", code: "KeyZ", metaKey: true }), "grid.undo")).toBe(true);
  });

  it("is printed as it stands on the keyboard of the reader", () => {
    expect(keyCaps("Mod+KeyK", "en", false)).toEqual(["Ctrl", "K"]);
    expect(keyCaps("Mod+Shift+KeyZ", "es", true)).toEqual(["⌘", "⇧", "Z"]);
    expect(keyCaps("KeyG KeyJ", "ru", false)).toEqual(["G П", "J О"]);
    expect(keyCaps("Shift+Slash", "kk", false)).toEqual(["?"]);
  });

  it("belongs to one command of a scope", () => {
    const seen = new Map<string, string>();
    for (const [id, keys] of Object.entries(KEYS))
      for (const key of keys) {
        const place = `${id.split(".")[0]} ${key}`;
        expect(seen.get(place), `${place}: ${id}`).toBeUndefined();
        seen.set(place, id);
      }
  });
});

describe("commands", () => {
  it("are run by their keys, also one after another, and listed while they stand", () => {
    const home = vi.fn();
    const next = vi.fn();
    const { container, unmount } = render(<Page commands={{ "go.home": home, "inbox.next": next }} />);
    expect(container.querySelector("p")?.textContent).toBe("go.home inbox.next");
    press("KeyG");
    press("KeyH");
    press("KeyJ");
    press("ArrowDown");
    expect([home.mock.calls.length, next.mock.calls.length]).toEqual([1, 2]);
    unmount();
    press("KeyJ");
    expect(next).toHaveBeenCalledTimes(2);
  });

  it("rest while somebody types, but for those with Ctrl that are not the field's own", () => {
    const help = vi.fn();
    const palette = vi.fn();
    const undo = vi.fn();
    const { container } = render(
      <Page commands={{ "general.help": help, "general.palette": palette, "grid.undo": undo }} />,
    );
    const field = container.querySelector("input") as Element;
    const cell = container.querySelector('[role="gridcell"]') as Element;
    press("Slash", { shiftKey: true }, field);
    press("Slash", { shiftKey: true }, cell);
    press("KeyZ", { ctrlKey: true }, field);
    expect([help.mock.calls.length, undo.mock.calls.length]).toEqual([0, 0]);
    press("KeyK", { ctrlKey: true }, field);
    press("KeyZ", { ctrlKey: true }, cell);
    expect([palette.mock.calls.length, undo.mock.calls.length]).toEqual([1, 1]);
    expect(isTyping(container.querySelector("button"))).toBe(false);
  });

  it("leave the arrows to a group of choices", () => {
    const next = vi.fn();
    const { container } = render(<Page commands={{ "calendar.next": next }} />);
    press("ArrowRight", {}, container.querySelector("button") as Element);
    expect(next).not.toHaveBeenCalled();
    press("ArrowRight");
    expect(next).toHaveBeenCalledOnce();
  });

  it("of a single key can be switched off; the others go on", () => {
    const today = vi.fn();
    const home = vi.fn();
    const palette = vi.fn();
    render(<Page commands={{ "calendar.today": today, "go.home": home, "general.palette": palette }} />);
    setSingleKeys(false);
    press("KeyT");
    press("KeyG");
    press("KeyH");
    press("KeyK", { metaKey: true });
    expect([today.mock.calls.length, home.mock.calls.length, palette.mock.calls.length]).toEqual([0, 0, 1]);
  });

  it("that several offer are those of the latest, and of the earlier again when it goes", () => {
    const shell = vi.fn();
    const page = vi.fn();
    const { rerender } = render(<Page commands={{ "general.search": shell }} />);
    rerender(<Page commands={{ "general.search": shell }} inner={{ "general.search": page }} />);
    press("Slash");
    expect([shell.mock.calls.length, page.mock.calls.length]).toEqual([0, 1]);
    rerender(<Page commands={{ "general.search": shell }} />);
    press("Slash");
    expect([shell.mock.calls.length, page.mock.calls.length]).toEqual([1, 1]);
  });
});
