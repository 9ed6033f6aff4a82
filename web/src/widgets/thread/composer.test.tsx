import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startI18n } from "@/shared/i18n";
import { Composer } from "./composer";

beforeAll(() => startI18n("en"));
beforeEach(() => localStorage.clear());
afterEach(cleanup);

function show(values: Partial<Parameters<typeof Composer>[0]> = {}) {
  const onSend = vi.fn();
  render(
    <Composer
      conversationId="conversation:1"
      kind="INSTAGRAM"
      limit={10}
      owner="OPERATOR"
      busy={false}
      mode="reply"
      onMode={() => undefined}
      onSend={onSend}
      onTakeOver={() => undefined}
      {...values}
    />,
  );
  return onSend;
}

describe("Composer", () => {
  it("sends with Ctrl+Enter and empties itself", async () => {
    const onSend = show();
    const field = screen.getByRole("textbox", { name: "Write a reply" });
    await userEvent.type(field, " Hello {Control>}{Enter}{/Control}");
    expect(onSend).toHaveBeenCalledWith("Hello", false);
    expect((field as HTMLTextAreaElement).value).toBe("");
  });

  it("refuses a reply longer than the channel carries, counting characters and not bytes", async () => {
    const onSend = show();
    const field = screen.getByRole("textbox", { name: "Write a reply" });
    await userEvent.type(field, "😀".repeat(10));
    expect(screen.getByRole("button", { name: /Send/ }).hasAttribute("disabled")).toBe(false);
    await userEvent.type(field, "!{Control>}{Enter}{/Control}");
    expect(onSend).not.toHaveBeenCalled();
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });

  it("does not limit a note", async () => {
    const onSend = show({ mode: "note" });
    await userEvent.type(screen.getByRole("textbox", { name: /note/ }), "longer than ten{Control>}{Enter}{/Control}");
    expect(onSend).toHaveBeenCalledWith("longer than ten", true);
  });

  it("keeps a draft for each conversation", async () => {
    show();
    await userEvent.type(screen.getByRole("textbox", { name: "Write a reply" }), "Half");
    cleanup();
    show();
    expect((screen.getByRole("textbox", { name: "Write a reply" }) as HTMLTextAreaElement).value).toBe("Half");
  });

  it("offers to take over where the assistant answers", () => {
    show({ owner: "ASSISTANT" });
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getByRole("button", { name: "Take over" })).toBeTruthy();
  });
});
