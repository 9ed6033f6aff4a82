import { expect, type Locator, type Page, test } from "@playwright/test";
import { disconnect, happens, openSetting } from "./pages";

// The fake's own key and one that it learns; they open nothing else.
const STRIPE = process.env.X8_TEST_STRIPE ?? "";
const KEY = "sk_test_fake0123456789abcdefghij";
const NEXT_KEY = "sk_test_fake0123456789abcdefwxyz";
const CONSEQUENCES = [
  "Open payment pages are ended",
  "Payments and refunds that happen at Stripe afterwards are not noticed here",
  "The keys are deleted here. Orders and payments stay",
];

async function enterKey(page: Page, payments: Locator, button: string, key: string): Promise<void> {
  await payments.getByRole("button", { name: button }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Stripe" });
  await dialog.getByLabel("Secret key").fill(key);
  await dialog.getByRole("button", { name: "Connect Stripe" }).click();
  await expect(dialog).toBeHidden();
}

test("a key is taken once, and only its last four characters are shown afterwards", async ({ page }) => {
  const payments = await openSetting(page, "Payments");
  await enterKey(page, payments, "Connect Stripe", KEY);
  await expect(payments.getByText("Stripe · Rosaleda")).toBeVisible({ timeout: 20_000 });
  await expect(payments.getByText("Test mode")).toBeVisible();
  await expect(payments.getByText("Connected", { exact: true }).first()).toBeVisible();
  await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();

  // Nothing that the page is sent later holds more of it.
  const answers: string[] = [];
  page.on("response", async (response) => {
    if (response.url().endsWith("/graphql")) answers.push(await response.text());
  });
  await page.reload();
  await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();
  expect(answers.join()).toContain("ghij");
  expect(answers.join()).not.toContain("defghij");
  await payments.getByRole("button", { name: "Replace the key" }).click();
  await expect(page.getByRole("dialog", { name: "Connect Stripe" }).getByLabel("Secret key")).toHaveValue("");
  await page.keyboard.press("Escape");

  await payments.getByRole("button", { name: "Test the connection" }).click();
  await expect(payments.getByText("It works: the provider has answered.")).toBeVisible({ timeout: 20_000 });

  await disconnect(payments, "Stripe", CONSEQUENCES);
  await expect(payments.getByText("the built-in test bank plays the payment")).toBeVisible();
  await expect(payments.getByText(/Key ending in/)).toHaveCount(0);
});

test("what is no secret key is refused at its field, and what Stripe does not know is said at the account", async ({
  page,
}) => {
  const payments = await openSetting(page, "Payments");
  await payments.getByRole("button", { name: "Connect Stripe" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Stripe" });
  const key = dialog.getByLabel("Secret key");
  await key.fill("pk_test_fake0123456789abcdefghij");
  await dialog.getByRole("button", { name: "Connect Stripe" }).click();
  await expect(key).toHaveAccessibleDescription(/^This is not a secret key of Stripe. It begins with sk_live_/);
  await key.fill("sk_test_nobodyknowsthisone0000");
  await dialog.getByRole("button", { name: "Connect Stripe" }).click();
  await expect(dialog).toBeHidden();

  await expect(payments.getByText("The provider does not accept the key. Replace it.")).toBeVisible({
    timeout: 20_000,
  });
  await expect(payments.getByText("Error", { exact: true })).toBeVisible();
  await enterKey(page, payments, "Replace the key", KEY);
  await expect(payments.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await expect(payments.getByText("The provider does not accept the key. Replace it.")).toBeHidden();
  await disconnect(payments, "Stripe", CONSEQUENCES);
});

test("a key that Stripe ends later is noticed by a test, and another takes its place", async ({ page }) => {
  const payments = await openSetting(page, "Payments");
  await enterKey(page, payments, "Connect Stripe", KEY);
  await expect(payments.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await happens(STRIPE, `revoke/${KEY}`);
  await payments.getByRole("button", { name: "Test the connection" }).click();
  await expect(payments.getByText("The provider does not accept the key. Replace it.")).toBeVisible({
    timeout: 20_000,
  });
  await expect(payments.getByText("It works: the provider has answered.")).toBeHidden();
  // Still so for who comes back later.
  await page.reload();
  await expect(payments.getByText("The provider does not accept the key. Replace it.")).toBeVisible();
  await payments.getByText("What happened").click();
  await expect(payments.getByText("Failed", { exact: true }).first()).toBeVisible();

  await happens(STRIPE, `accept/${NEXT_KEY}`);
  await enterKey(page, payments, "Replace the key", NEXT_KEY);
  await expect(payments.getByText(/^Key ending in wxyz, set on/)).toBeVisible();
  await expect(payments.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await disconnect(payments, "Stripe", CONSEQUENCES);
  await expect(payments.getByRole("button", { name: "Connect Stripe" })).toBeVisible();
  await happens(STRIPE, `accept/${KEY}`);
});
