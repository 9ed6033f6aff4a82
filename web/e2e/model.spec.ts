import { expect, type Locator, type Page, test } from "@playwright/test";
import { happens, openSetting } from "./pages";

// A server with OpenAI's interface and the key that it knows; it opens nothing else.
const MODEL = process.env.X8_TEST_MODEL ?? "";
const KEY = "sk-x8-test-0000000000000000000000000000000000";

type Entered = { address?: string; key?: string; name?: string };

async function save(page: Page, model: Locator, entered: Entered): Promise<void> {
  await model.getByLabel("Who answers").selectOption("A model of our own");
  if (entered.address) await model.getByLabel("Address").fill(entered.address);
  if (entered.name) await model.getByLabel("Model", { exact: true }).fill(entered.name);
  if (entered.key) await model.getByLabel("Key").fill(entered.key);
  const saved = page.waitForResponse((response) => response.request().postData()?.includes("SetModel") ?? false);
  await model.getByRole("button", { name: "Save" }).click();
  await saved;
}

async function leave(page: Page, model: Locator): Promise<void> {
  await model.getByLabel("Who answers").selectOption("The model of this installation");
  await model.getByRole("button", { name: "Save" }).click();
  await page.waitForLoadState("networkidle");
  await page.reload();
  await expect(model.getByLabel("Who answers")).toHaveValue("INSTALLATION");
}

test("a model is saved and tried, and its key is shown by its last four characters only", async ({ page }) => {
  const model = await openSetting(page, "Language model");
  await save(page, model, { address: `${MODEL}/v1`, name: "fake-model-1", key: KEY });
  await expect(model.getByText("A key ending in 0000 is set. Type another one to replace it.")).toBeVisible();
  await model.getByRole("button", { name: "Test the model" }).click();
  await expect(model.getByText("The model answers and can call tools.")).toBeVisible();

  await page.reload();
  await expect(model.getByText("A key ending in 0000 is set.")).toBeVisible();
  await expect(model.getByLabel("Key")).toHaveValue("");
  await expect(model.getByLabel("Address")).toHaveValue(`${MODEL}/v1`);

  await model.getByRole("button", { name: "Remove the key" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the key?" });
  await expect(dialog.getByText("the built-in assistant answers your customers")).toBeVisible();
  await dialog.getByRole("button", { name: "Remove the key" }).click();
  await expect(dialog).toBeHidden();
  await expect(model.getByText(/A key ending in/)).toBeHidden();
  await leave(page, model);
});

test("what is wrong with a model is said in plain words", async ({ page }) => {
  const model = await openSetting(page, "Language model");
  const tried = async (words: string) => {
    await model.getByRole("button", { name: "Test the model" }).click();
    await expect(model.getByText(words)).toBeVisible({ timeout: 25_000 });
  };
  await save(page, model, { address: `${MODEL}/v1`, name: "fake-model-1", key: "sk-nobody-knows-this-one" });
  await tried("The key is not accepted.");
  // A test is of what is saved, and says so.
  await model.getByLabel("Key").fill(KEY);
  await tried("What you typed is not saved yet. Save first: the saved model is tested.");
  await save(page, model, { name: "no-such-model" });
  await tried("There is no such model, or the address is wrong.");
  await save(page, model, { name: "fake-model-1" });
  await happens(MODEL, "words/only");
  await tried("The model answers but did not call a tool, so it cannot serve customers. Choose another one.");
  await happens(MODEL, "words/none");
  await tried("The model answers and can call tools.");
  // Another address is given no key of this one.
  await save(page, model, { address: "https://model.invalid/v1" });
  await expect(model.getByText(/A key ending in/)).toBeHidden();
  await tried("The server does not answer.");

  // Refused at its field, and nothing is saved.
  await save(page, model, { address: "http://10.1.2.3/v1" });
  const address = model.getByLabel("Address");
  await expect(address).toHaveAccessibleDescription(/^This address may not be used: only public addresses/);
  await page.reload();
  await expect(address).toHaveValue("https://model.invalid/v1");
  await leave(page, model);
});
