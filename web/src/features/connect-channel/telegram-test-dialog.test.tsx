import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type Client, Provider } from "urql";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ConnectionFragment } from "@/shared/api/gql/graphql";
import { startI18n } from "@/shared/i18n";
import { TelegramTestDialog } from "./telegram-test-dialog";

beforeAll(() => startI18n("en"));
afterEach(cleanup);

const URL_OF_TEST = "https://t.me/flora_test_bot?start=test-1";
type Log = ConnectionFragment["log"];
const before: Log = [
  { at: "2026-03-02T09:00:00Z", kind: "TESTED", detail: "somebody before" },
  { at: "2026-03-02T08:00:00Z", kind: "CONNECTED", detail: "@flora_test_bot" },
];

function show(startChannelTest: object) {
  const mutation = vi.fn(() => ({ toPromise: async () => ({ data: { startChannelTest } }) }));
  const client = { mutation } as unknown as Client;
  const dialog = (log: Log) => (
    <Provider value={client}>
      <TelegramTestDialog
        channel={{ id: "channel:1", provider: "telegram", log } as ConnectionFragment}
        onClose={() => undefined}
      />
    </Provider>
  );
  const { rerender } = render(dialog(before));
  return { mutation, hears: (log: Log) => rerender(dialog(log)) };
}

describe("TelegramTestDialog", () => {
  it("shows the link, waits, and says who was answered when the log does", async () => {
    const { mutation, hears } = show({ test: { url: URL_OF_TEST, expiresAt: "2026-03-02T09:11:00Z" }, userErrors: [] });
    await userEvent.click(screen.getByRole("button", { name: "Get the link" }));
    expect(mutation).toHaveBeenCalledTimes(1);
    expect(screen.getByRole("link", { name: "Open Telegram" }).getAttribute("href")).toBe(URL_OF_TEST);
    expect(screen.getByRole("img", { name: "The link to the bot as a QR code" })).toBeTruthy();
    expect(screen.queryByText(/somebody before/)).toBeNull();
    hears([{ at: "2026-03-02T09:02:00Z", kind: "TESTED", detail: "Ana Ruiz" }, ...before]);
    expect(screen.getByText("It works. The bot has answered Ana Ruiz.")).toBeTruthy();
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("says what went wrong, and gives another link", async () => {
    const { hears } = show({ test: { url: URL_OF_TEST, expiresAt: "2026-03-02T09:11:00Z" }, userErrors: [] });
    await userEvent.click(screen.getByRole("button", { name: "Get the link" }));
    hears([{ at: "2026-03-02T09:02:00Z", kind: "FAILED", detail: "recipient: blocked" }, ...before]);
    expect(screen.getByText("recipient: blocked")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Another link" }));
    expect(screen.getByRole("link", { name: "Open Telegram" })).toBeTruthy();
  });

  it("says why there is no link", async () => {
    show({ test: null, userErrors: [{ field: ["id"], code: "NOT_WORKING", message: "Unauthorized" }] });
    await userEvent.click(screen.getByRole("button", { name: "Get the link" }));
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(screen.queryByRole("link")).toBeNull();
  });
});
