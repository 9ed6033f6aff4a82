import { expect, type Locator, type Page, type Response, test } from "@playwright/test";
import { ask, disconnect, happens, openSetting } from "./pages";

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

/** What the page is sent by GraphQL while something happens. */
async function answersOf(page: Page, what: () => Promise<void>): Promise<string> {
  const answers: Promise<string>[] = [];
  // The body of an answer to a page that is gone can no longer be read, and no reader had it.
  const listen = (response: Response) => {
    if (response.url().endsWith("/graphql")) answers.push(response.text().catch(() => ""));
  };
  page.on("response", listen);
  await what();
  page.off("response", listen);
  return (await Promise.all(answers)).join();
}

// What a test that failed leaves connected would fail the ones after it, and hide which it was.
test.afterEach(async ({ page }) => {
  const { companies } = await ask<{ companies: { integrations: { id: string; kind: string; status: string }[] }[] }>(
    page,
    "{ companies { integrations { id kind status } } }",
    {},
  );
  for (const one of companies.flatMap((company) => company.integrations)) {
    if (one.kind !== "PAYMENT" || one.status === "DISCONNECTED") continue;
    await ask(
      page,
      "mutation($i: IntegrationInput!) { disconnectIntegration(input: $i) { userErrors { code message } } }",
      { i: { id: one.id } },
    );
  }
});

test("a key is taken once, and only its last four characters are shown afterwards", async ({ page }) => {
  const payments = await openSetting(page, "Payments");
  await enterKey(page, payments, "Connect Stripe", KEY);
  await expect(payments.getByText("Stripe · Rosaleda")).toBeVisible({ timeout: 20_000 });
  await expect(payments.getByText("Test mode")).toBeVisible();
  await expect(payments.getByText("Connected", { exact: true }).first()).toBeVisible();
  await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();
  // Nobody is told to set a webhook to an address that Stripe cannot reach.
  await expect(payments.getByText("X8 has no public https address")).toBeVisible();
  await expect(payments.getByText("/webhooks/payment/")).toHaveCount(0);

  // Nothing that the page is sent later holds more of it.
  const sent = await answersOf(page, async () => {
    await page.reload();
    await expect(payments.getByText(/^Key ending in ghij, set on/)).toBeVisible();
  });
  expect(sent).toContain("ghij");
  expect(sent).not.toContain("defghij");
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
