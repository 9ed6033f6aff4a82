import { expect, type Page, test } from "@playwright/test";
import { menu, signIn } from "./pages";

// Fakes of the testkit behind real doors; the keys are theirs and open nothing else.
const STRIPE = process.env.X8_TEST_STRIPE ?? "";
const MODEL = process.env.X8_TEST_MODEL ?? "";
const STRIPE_KEY = "sk_test_fake0123456789abcdefghij";
const MODEL_KEY = "sk-x8-test-0000000000000000000000000000000000";

/** Opens the settings and finds a card on it. */
async function card(page: Page, name: string) {
  await signIn(page);
  await menu(page, "Settings").click();
  const found = page.getByRole("region", { name, exact: true });
  await expect(found).toBeVisible();
  return found;
}

/** Disconnects an account, having read what that means. */
async function disconnect(page: Page, account: string, consequence: RegExp): Promise<void> {
  await page
    .getByRole("region", { name: regionOf[account], exact: true })
    .getByRole("button", { name: "Disconnect" })
    .click();
  const dialog = page.getByRole("dialog", { name: `Disconnect ${account}?` });
  await expect(dialog.getByRole("listitem").filter({ hasText: consequence })).toBeVisible();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await expect(dialog).toBeHidden();
}
const regionOf: Record<string, string> = {
  Stripe: "Payments",
  "Google Calendar": "Calendar",
  Cloudinary: "Pictures and videos",
};

test("Stripe is connected, tested, loses its key and says so, and is disconnected", async ({ page }) => {
  const payments = await card(page, "Payments");
  await expect(payments.getByText("the built-in test bank plays the payment")).toBeVisible();
  await payments.getByRole("button", { name: "Connect Stripe" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect Stripe" });
  await dialog.getByLabel("Secret key").fill("pk_test_this_is_the_public_one");
  await dialog.getByRole("button", { name: "Connect Stripe" }).click();
  await expect(dialog.getByText(/It begins with sk_live_, sk_test_/)).toBeVisible();
  await dialog.getByLabel("Secret key").fill(STRIPE_KEY);
  await dialog.getByRole("button", { name: "Connect Stripe" }).click();
  await expect(dialog).toBeHidden();

  await expect(payments.getByText("Stripe · Rosaleda")).toBeVisible({ timeout: 20_000 });
  await expect(payments.getByText("Test mode")).toBeVisible();
  await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();
  await page.reload();
  await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();
  expect(await page.content()).not.toContain(STRIPE_KEY.slice(0, 20));

  // Rolled at Stripe: the next test says it in words, and what to do.
  expect((await fetch(`${STRIPE}/__test/revoke/${STRIPE_KEY}`, { method: "POST" })).status).toBe(204);
  await payments.getByRole("button", { name: "Test the connection" }).click();
  await expect(payments.getByText("The key is no longer valid. Replace it.")).toBeVisible({ timeout: 20_000 });
  await expect(payments.getByText("Error", { exact: true })).toBeVisible();
  await expect(payments.getByRole("button", { name: "Replace the key" })).toBeVisible();

  await disconnect(page, "Stripe", /Open payment pages are ended/);
  await expect(payments.getByRole("button", { name: "Connect Stripe" })).toBeVisible();
  await expect(payments.getByText(/Key ending in/)).toHaveCount(0);
});

test("a language model is tried, a wrong key is told, and the built-in assistant comes back", async ({ page }) => {
  const model = await card(page, "Language model");
  await model.getByLabel("Who answers").selectOption("A model of our own");
  await model.getByLabel("Address").fill(`${MODEL}/v1`);
  await model.getByLabel("Model", { exact: true }).fill("fake-model-1");
  await model.getByLabel("Key").fill("sk-nobody-knows-this-one");
  await model.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true }).first()).toBeVisible();
  await model.getByRole("button", { name: "Test the model" }).click();
  await expect(model.getByText("The key is not accepted.")).toBeVisible();

  await model.getByLabel("Key").fill(MODEL_KEY);
  await model.getByRole("button", { name: "Save" }).click();
  await expect(model.getByText("A key ending in 0000 is set. Type another one to replace it.")).toBeVisible();
  await model.getByRole("button", { name: "Test the model" }).click();
  await expect(model.getByText("The model answers and can call tools.")).toBeVisible();
  await page.reload();
  await expect(model.getByText("A key ending in 0000 is set.")).toBeVisible();
  await expect(model.getByLabel("Key")).toHaveValue("");

  // An address in a private network that this installation does not allow.
  await model.getByLabel("Address").fill("http://10.1.2.3/v1");
  await model.getByRole("button", { name: "Save" }).click();
  await expect(model.getByText("This address may not be used")).toBeVisible();

  await page.reload();
  await model.getByLabel("Who answers").selectOption("The built-in assistant, without a model");
  await model.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true }).first()).toBeVisible();
  await page.reload();
  await expect(model.getByLabel("Who answers")).toHaveValue("OFF");
  await model.getByLabel("Who answers").selectOption("INSTALLATION");
  await model.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true }).first()).toBeVisible();
});

test("Google Calendar is refused, then agreed to, and disconnected", async ({ page }) => {
  const calendar = await card(page, "Calendar");
  await calendar.getByRole("button", { name: "Connect Google Calendar" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByText("The calendar was not connected: you did not agree.")).toBeVisible();
  expect(page.url()).not.toContain("calendar=");

  await calendar.getByRole("button", { name: "Connect Google Calendar" }).click();
  await page.getByRole("link", { name: "Allow" }).click();
  await expect(page.getByText("The calendar is connected.")).toBeVisible();
  await expect(calendar.getByText("Google Calendar", { exact: false }).first()).toBeVisible();
  await expect(calendar.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await expect(calendar.getByText(/^Consent ending in .{1,4}, given on/)).toBeVisible();
  // The way back in the browser's history leads to no used consent.
  await page.reload();
  await expect(calendar.getByText("Connected", { exact: true }).first()).toBeVisible();

  await disconnect(page, "Google Calendar", /Entries stay where they are/);
  await expect(calendar.getByRole("button", { name: "Connect Google Calendar" })).toBeVisible();
});

test("Cloudinary is connected with the right secret only, tested, and disconnected", async ({ page }) => {
  const media = await card(page, "Pictures and videos");
  await expect(media.getByText("This program keeps and serves them itself.")).toBeVisible();
  const connect = async (button: string, secret: string) => {
    await media.getByRole("button", { name: button }).click();
    const dialog = page.getByRole("dialog", { name: "Connect Cloudinary" });
    await dialog.getByLabel("Cloud name").fill("flora-test");
    await dialog.getByLabel("API key").fill("472851639284736");
    await dialog.getByLabel("API secret").fill(secret);
    await dialog.getByRole("button", { name: "Connect Cloudinary" }).click();
    await expect(dialog).toBeHidden();
  };
  await connect("Connect Cloudinary", "not-the-secret-of-this-key");
  await expect(media.getByText("The key is no longer valid. Replace it.")).toBeVisible({ timeout: 20_000 });
  await connect("Replace the key", "fake-cloudinary-secret-wXyZ");
  await expect(media.getByText("Connected", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await expect(media.getByText(/^Secret ending in wXyZ, set on/)).toBeVisible();
  await media.getByRole("button", { name: "Test the connection" }).click();
  await expect(page.getByText("The provider is being asked. This takes a few seconds.").first()).toBeVisible();
  await expect(media.getByText("Connected", { exact: true }).first()).toBeVisible();

  await disconnect(page, "Cloudinary", /their links go on working/);
  await expect(media.getByText("This program keeps and serves them itself.")).toBeVisible();
});
