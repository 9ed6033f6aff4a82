import { expect, type Page, test } from "@playwright/test";
import { newCompany, signIn } from "./pages";

const ROWS = 10_000;

function cell(page: Page, row: number, column: number) {
  // The header is the first row for screen readers, and the row's number its first column.
  return page.locator(`[aria-rowindex="${row + 1}"] [role="gridcell"][aria-colindex="${column + 1}"]`);
}

test("a block of 5 × 4 is pasted and undone at row 9,000, and a refused cell says why", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  const company = await newCompany(page, `Large shop ${Date.now()}`, "PRODUCT");
  const lines = Array.from({ length: ROWS }, (_, at) => `Item ${at + 1},S-${at + 1},As it is.,${(at % 90) + 10}.00`);
  await page.goto(`/c/${company.code}/catalogue`);
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: "large.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`product_name,sku,description,price\n${lines.join("\n")}\n`),
    });
  await expect(page.getByRole("button", { name: "Publish", exact: true })).toBeEnabled({ timeout: 120_000 });
  await page.goto(`/c/${company.code}/catalogue`);
  await expect(page.getByRole("grid")).toBeVisible();

  await page.getByRole("button", { name: "Go to row" }).click();
  await page.getByRole("dialog").getByLabel("Row number").fill("9000");
  await page.getByRole("dialog").getByRole("button", { name: "Go to row" }).click();
  // Row 9,000 of the file is the 8,999th item, the heading being the first row.
  const first = page.getByRole("gridcell", { name: "Item 8999", exact: true });
  await expect(first).toBeFocused();
  const at = Number(await first.locator("..").getAttribute("aria-rowindex")) - 1;

  const price = Number(await page.getByRole("columnheader").filter({ hasText: "Price" }).count());
  expect(price).toBe(1);
  const block = Array.from({ length: 5 }, (_, row) => [
    `New ${row}`,
    `N-${row}`,
    `Said "so", ${row}`,
    row === 2 ? "much" : "7.50",
  ]);
  await page.evaluate(
    (text) => navigator.clipboard.writeText(text),
    block
      .map((row) => row.map((one) => (one.includes('"') ? `"${one.replaceAll('"', '""')}"` : one)).join("\t"))
      .join("\r\n"),
  );
  await first.focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(page.getByText("20 cells changed")).toBeVisible();
  await expect(cell(page, at, 1)).toHaveText("New 0");
  await expect(cell(page, at + 4, 3)).toContainText('Said "so", 4');
  // The server read the one that is no price, and says so at the cell.
  await expect(cell(page, at + 2, 4)).toHaveAttribute("aria-invalid", "true");
  await expect(cell(page, at + 2, 4)).toContainText("much");
  await expect(cell(page, at + 1, 4)).not.toHaveAttribute("aria-invalid", "true");

  // Selected by Shift and arrows, copied, and read from the clipboard as a spreadsheet would.
  await cell(page, at, 1).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.locator('[aria-selected="true"]')).toHaveCount(4);
  await page.keyboard.press("ControlOrMeta+c");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("New 0\tN-0\nNew 1\tN-1");

  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText("20 cells put back")).toBeVisible();
  await expect(cell(page, at, 1)).toHaveText("Item 8999");
  await expect(cell(page, at + 2, 4)).not.toHaveAttribute("aria-invalid", "true");
  await page.reload();
  await expect(page.getByRole("grid")).toBeVisible();
  await page.getByRole("searchbox").fill("New 0");
  await expect(page.getByText("No row matches")).toBeVisible();

  // A value that cannot be stored at all is refused in place and the old one stays.
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.getByRole("searchbox").fill("");
  const second = cell(page, 2, 2);
  await expect(second).toHaveText("S-2");
  await page.evaluate(() => navigator.clipboard.writeText(`${"x".repeat(20_001)}\t`));
  await second.focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(page.getByText("1 cell was refused: it is marked")).toBeVisible();
  await expect(second).toHaveAttribute("aria-invalid", "true");
  await expect(second).toContainText("S-2");
});
