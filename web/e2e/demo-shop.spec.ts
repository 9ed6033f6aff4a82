import { expect, test } from "@playwright/test";
import { menu, Phone, signIn } from "./pages";

// The other way in: a shop that is already filled, to look around.
test("a demo shop opens with a catalogue that sells at once", async ({ page }) => {
  await signIn(page);
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Demo with services" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/c\/[^/]+\/home/);
  await menu(page, "Catalogue").click();
  await expect(page.getByRole("grid").getByRole("row").nth(3)).toBeVisible();
  const phone = new Phone(page);
  await phone.open();
  await phone.write("Hello, what do you offer?");
  await expect(page.getByTestId("reasons").getByText("Understood").first()).toBeVisible();
});
