import { expect, test } from "@playwright/test";
import { happens, menu, signIn } from "./pages";

// Servers of the testkit: they talk to the program by themselves, and the test holds the phone and is the person at Telegram.
const WAHA = process.env.X8_TEST_WAHA ?? "";
const TELEGRAM = process.env.X8_TEST_TELEGRAM ?? "";
const held = (what: "next" | "scan") => happens(WAHA, `${what}/default`);

test("a phone is linked by the code that the dialog shows live", async ({ page }) => {
  await signIn(page);
  await menu(page, "Settings").click();
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const connect = page.getByRole("dialog", { name: "Connect WhatsApp" });
  await connect.getByLabel("Address of the server").fill(WAHA);
  await connect.getByLabel("Key of the server").fill("waha-test-key-0123456789");
  await connect.getByLabel("Session").fill("default");
  await connect.getByRole("button", { name: "Connect WhatsApp" }).click();

  const dialog = page.getByRole("dialog", { name: "Link the phone: WhatsApp" });
  const code = dialog.getByRole("img", { name: "Code to scan with the phone" });
  await expect(code).toBeVisible();
  await expect(dialog.getByText("Code 1 of 6.")).toBeVisible();
  const first = await code.innerHTML();
  await held("next");
  await expect(dialog.getByText("Code 2 of 6.")).toBeVisible();
  expect(await code.innerHTML()).not.toBe(first);

  // Six codes that nobody scans, then a new one is asked for.
  for (let count = 2; count <= 6; count++) await held("next");
  await expect(dialog.getByText("No code was scanned in time.")).toBeVisible();
  await dialog.getByRole("button", { name: "Show a new code" }).click();
  await expect(code).toBeVisible();
  await held("scan");
  await expect(dialog.getByText("The phone is linked.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("Phone linked")).toBeVisible();

  // Tried out: to a number that is none, then to a phone; how it went stands in the log.
  const channel = page.getByRole("listitem").filter({ hasText: "WhatsApp" });
  await channel.getByRole("button", { name: "Try it out" }).click();
  const test = page.getByRole("dialog", { name: "Try it out" });
  await test.getByLabel("Phone").fill("12");
  await test.getByRole("button", { name: "Try it out" }).click();
  await expect(test.getByText(/phone/i).first()).toBeVisible();
  await expect(test).toBeVisible();
  await test.getByLabel("Phone").fill("+34 600 111 222");
  await test.getByRole("button", { name: "Try it out" }).click();
  await expect(test).toBeHidden();
  await channel.getByText("What happened").click();
  await expect(channel.getByText("Tried out").first()).toBeVisible({ timeout: 20_000 });
});

test("a bot is tried out by a link, and the dialog says when it has answered", async ({ page }) => {
  await signIn(page);
  await menu(page, "Settings").click();
  await page.getByRole("button", { name: "Connect Telegram" }).click();
  const connect = page.getByRole("dialog", { name: "Connect Telegram" });
  await connect.getByLabel("Name").fill("Flora's bot");
  // A token that the fake knows; no bot of that number exists.
  await connect.getByLabel("Token").fill("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8");
  await connect.getByRole("button", { name: "Connect Telegram" }).click();
  const bot = page.getByRole("listitem").filter({ hasText: "Flora's bot" });
  await expect(bot.getByText("@flora_test_bot")).toBeAttached({ timeout: 20_000 });

  await bot.getByRole("button", { name: "Try it out" }).click();
  const dialog = page.getByRole("dialog", { name: "Try it out" });
  await dialog.getByRole("button", { name: "Get the link" }).click();
  await expect(dialog.getByRole("img", { name: "The link to the bot as a QR code" })).toBeVisible();
  const link = dialog.getByRole("link", { name: "Open Telegram" });
  await expect(link).toHaveAttribute("href", /^https:\/\/t\.me\/flora_test_bot\?start=[\w-]{1,64}$/);
  const first = await link.getAttribute("href");
  // Another link is another test; the one before is good for its time all the same.
  await dialog.getByRole("button", { name: "Another link" }).click();
  await expect(link).not.toHaveAttribute("href", first ?? "");
  await expect(dialog.getByText("Waiting for Start to be pressed.")).toBeVisible();
  const code = new URL((await link.getAttribute("href")) ?? "").searchParams.get("start");
  await happens(TELEGRAM, `start/${code}`);
  await expect(dialog.getByText("It works. The bot has answered Ana Ruiz.")).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(dialog).toBeHidden();

  // Nobody became a customer by that, and the program asks no longer.
  await menu(page, "Inbox").click();
  await expect(page.getByRole("link", { name: /Ana Ruiz/ })).toHaveCount(0);
  await menu(page, "Settings").click();
  await bot.getByRole("button", { name: "Disconnect" }).click();
  // By its name: a toast that is still shown has the role of a dialog too.
  const disconnect = page.getByRole("dialog", { name: "Disconnect Flora's bot?" });
  await disconnect.getByRole("button", { name: "Disconnect" }).click();
  await expect(disconnect).toBeHidden();
  await expect(bot.getByText("Not connected")).toBeVisible();
});
