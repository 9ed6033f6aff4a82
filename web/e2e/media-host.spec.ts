import { expect, type Locator, type Page, test } from "@playwright/test";
import { disconnect, happens, openSetting } from "./pages";

// The fake's product environment; its secret opens nothing else.
const CLOUDINARY = process.env.X8_TEST_CLOUDINARY ?? "";
const SECRET = "fake-cloudinary-secret-wXyZ";
const NEXT_SECRET = "fake-cloudinary-secret-aBcD";
const CONSEQUENCES = [
  "New pictures and videos are kept and served by this program",
  "Files at Cloudinary stay there and their links go on working",
  "The secret is deleted here",
];

async function enter(page: Page, media: Locator, button: string, secret: string): Promise<void> {
  await media.getByRole("button", { name: button }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Cloudinary" });
  await dialog.getByLabel("Cloud name").fill("flora-test");
  await dialog.getByLabel("API key").fill("472851639284736");
  await dialog.getByLabel("API secret").fill(secret);
  await dialog.getByRole("button", { name: "Connect Cloudinary" }).click();
  await expect(dialog).toBeHidden();
}

test("an account is connected and tested, and only the last four characters of its secret are shown", async ({
  page,
}) => {
  const media = await openSetting(page, "Pictures and videos");
  await expect(media.getByText("This program keeps and serves them itself.")).toBeVisible();
  await enter(page, media, "Connect Cloudinary", SECRET);
  await expect(media.getByText("Cloudinary · flora-test")).toBeVisible({ timeout: 20_000 });
  await expect(media.getByText("Connected", { exact: true }).first()).toBeVisible();
  await page.reload();
  await expect(media.getByText(/^Secret ending in wXyZ, set on/)).toBeVisible();
  await media.getByRole("button", { name: "Test the connection" }).click();
  await expect(media.getByText("It works: the provider has answered.")).toBeVisible({ timeout: 20_000 });

  await disconnect(media, "Cloudinary", CONSEQUENCES);
  await expect(media.getByText("This program keeps and serves them itself.")).toBeVisible();
  await expect(media.getByText(/Secret ending in/)).toBeHidden();
});

test("a wrong secret is said at the account, and the right one mends it", async ({ page }) => {
  const media = await openSetting(page, "Pictures and videos");
  await media.getByRole("button", { name: "Connect Cloudinary" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Cloudinary" });
  await dialog.getByLabel("Cloud name").fill("flora test!");
  await dialog.getByLabel("API key").fill("472851639284736");
  await dialog.getByLabel("API secret").fill(SECRET);
  await dialog.getByRole("button", { name: "Connect Cloudinary" }).click();
  const cloud = dialog.getByLabel("Cloud name");
  await expect(cloud).toHaveAccessibleDescription("A cloud name has letters, digits and dashes only.");
  await page.keyboard.press("Escape");

  await enter(page, media, "Connect Cloudinary", "not-the-secret-of-this-key");
  await expect(media.getByText("The provider does not accept the key. Replace it.")).toBeVisible({ timeout: 20_000 });
  await enter(page, media, "Replace the key", SECRET);
  await expect(media.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });

  // Made anew at Cloudinary: the old one is dead.
  await happens(CLOUDINARY, `secret/${NEXT_SECRET}`);
  await media.getByRole("button", { name: "Test the connection" }).click();
  await expect(media.getByText("The provider does not accept the key. Replace it.")).toBeVisible({ timeout: 20_000 });
  await happens(CLOUDINARY, `secret/${SECRET}`);
  await disconnect(media, "Cloudinary", CONSEQUENCES);
});
