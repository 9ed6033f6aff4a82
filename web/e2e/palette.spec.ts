import { expect, test } from "@playwright/test";
import { signIn } from "./pages";

test("the palette does everything by keyboard, and finds customers", async ({ page }) => {
  await signIn(page);
  await page.keyboard.press("ControlOrMeta+k");
  const palette = page.getByRole("dialog", { name: "What would you like to do?" });
  const field = palette.getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.type("calen");
  await expect(palette.getByRole("option").first()).toHaveText(/Calendar/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/calendar/);
  await expect(palette).toHaveCount(0);

  // Here it offers what the calendar can do, with its keys.
  await page.keyboard.press("ControlOrMeta+k");
  await field.fill("month");
  await expect(palette.getByRole("option", { name: "Month view" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=month/);

  await page.keyboard.press("ControlOrMeta+k");
  await field.fill("Boris");
  const order = palette.getByRole("option", { name: /Order .*, Boris/ });
  await expect(order).toBeVisible();
  await order.click();
  await expect(page).toHaveURL(/orders\?order=/);
  const sheet = page.getByRole("dialog", { name: /Order/ });
  await expect(sheet).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);

  await page.keyboard.press("ControlOrMeta+k");
  await field.fill("zzzz");
  await expect(palette.getByText("Nothing fits “zzzz”.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
});

test("the list under ? tells every key, and switches those of a single key off", async ({ page }) => {
  await signIn(page);
  await page.keyboard.press("Shift+Slash");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet.getByText("Take over or hand back")).toBeVisible();
  await expect(sheet.getByText("Undo the last change")).toBeVisible();
  await sheet.getByLabel("Shortcuts of a single key").uncheck();
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.keyboard.press("Shift+Slash");
  await expect(sheet).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").fill("Keyboard");
  await page.keyboard.press("Enter");
  await sheet.getByLabel("Shortcuts of a single key").check();
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/\/orders/);
});
