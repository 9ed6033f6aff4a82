import { expect, test } from "@playwright/test";
import { menu, signIn } from "./pages";

// A WAHA server of the testkit: it tells the program by itself, and the test holds the phone.
const WAHA = process.env.X8_TEST_WAHA ?? "";
const held = async (what: "next" | "scan") => {
  const answer = await fetch(`${WAHA}/__test/${what}/default`, { method: "POST" });
  expect(answer.status).toBe(204);
};

test("a phone is linked by the code that the dialog shows live", async ({ page }) => {
  await signIn(page);
  await menu(page, "Settings").click();
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const connect = page.getByRole("dialog");
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
});
