import { expect, test } from "@playwright/test";
import { disconnect, openSetting } from "./pages";

const WAHA = process.env.X8_TEST_WAHA ?? "";
const KEY = "waha-test-key-0123456789";

test("a key that the WAHA server refuses is said in plain words, and the right one mends it", async ({ page }) => {
  const channels = await openSetting(page, "Channels");
  await channels.getByRole("button", { name: "Connect WhatsApp" }).click();
  const connect = page.getByRole("dialog", { name: "Connect WhatsApp" });
  await connect.getByLabel("Name for your team").fill("Second phone");
  const address = connect.getByLabel("Address of the server");
  await address.fill("http://10.0.0.9:3000");
  await connect.getByLabel("Key of the server").fill("not-the-key-of-this-server");
  await connect.getByLabel("Session").fill("second-phone");
  await connect.getByRole("button", { name: "Connect WhatsApp" }).click();
  await expect(address).toHaveAccessibleDescription(/^This address may not be used: only public addresses/);
  await address.fill(WAHA);
  await connect.getByRole("button", { name: "Connect WhatsApp" }).click();
  const code = page.getByRole("dialog", { name: "Link the phone: Second phone" });
  await expect(code.getByText("The server does not accept the key. Replace it.")).toBeVisible({ timeout: 20_000 });
  await code.getByRole("button", { name: "Close" }).last().click();

  const channel = channels.getByRole("listitem").filter({ hasText: "Second phone" });
  await expect(channel.getByText("The server does not accept the key. Replace it.")).toBeVisible();
  // There is nothing to scan before the key is right.
  await expect(channel.getByRole("button", { name: "Show the code" })).toBeHidden();
  await channel.getByRole("button", { name: "Replace the key" }).click();
  const replace = page.getByRole("dialog", { name: "Replace the key" });
  await replace.getByLabel("Key of the server").fill(KEY);
  await replace.getByRole("button", { name: "Replace the key" }).click();
  await expect(replace).toBeHidden();
  await expect(channel.getByText(/^Key ending in 6789, set on/)).toBeVisible();
  await expect(channel.getByText("The server does not accept the key. Replace it.")).toBeHidden();
  await channel.getByRole("button", { name: "Show the code" }).click();
  await expect(code.getByRole("img", { name: "Code to scan with the phone" })).toBeVisible({ timeout: 20_000 });
  await code.getByRole("button", { name: "Close" }).last().click();

  await disconnect(channel, "Second phone", [
    "The phone is logged out, the session at the server and its key are deleted",
  ]);
  await expect(channel.getByText("Not connected")).toBeVisible();
});
