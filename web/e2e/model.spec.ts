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
