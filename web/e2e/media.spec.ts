import { crc32, deflateSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { newCompany, signIn } from "./pages";

/** A picture of one colour, as a camera would never make it and every program can read it. */
function png(width: number, height: number, colour: [number, number, number]): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from(colour))]);
  const rows = Buffer.concat(Array.from({ length: height }, () => line));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

async function library(page: Page) {
  await page.getByRole("button", { name: "Media", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Media" });
  await expect(dialog).toBeVisible();
  return dialog;
}

test("a picture is sent in, put into a row, and removed without leaving a dead link", async ({ page }) => {
  await signIn(page);
  const company = await newCompany(page, `Pictures ${Date.now()}`, "PRODUCT");
  await page.goto(`/c/${company.code}/catalogue`);
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: "flowers.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("product_name,description,price,image_url\nRose,Long stems.,10.00,\nTulip,Red.,8.00,\n"),
    });
  await expect(page.getByRole("button", { name: "Publish", exact: true })).toBeEnabled({ timeout: 60_000 });
  await page.goto(`/c/${company.code}/catalogue`);
  await expect(page.getByRole("grid")).toBeVisible();

  // Several at once: what is no picture says so, the others arrive.
  const files = await library(page);
  await files.getByTestId("media-input").setInputFiles([
    { name: "rose.png", mimeType: "image/png", buffer: png(640, 480, [190, 40, 80]) },
    { name: "tulip.png", mimeType: "image/png", buffer: png(480, 640, [230, 140, 40]) },
    { name: "zip.jpg", mimeType: "image/jpeg", buffer: Buffer.from("PK\x03\x04 not a picture") },
    { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
  ]);
  const card = (name: string) => page.getByTestId("media-card").filter({ hasText: name });
  await expect(card("rose.png")).toContainText("640 × 480");
  await expect(card("tulip.png")).toBeVisible();
  await expect(files.getByText("Send a picture (JPG, PNG, GIF, WebP) or a video")).toHaveCount(2);
  const shown = card("rose.png").locator("img");
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual(
    [],
  );
  await page.keyboard.press("Escape");
  await expect(files).toHaveCount(0);

  // From the row's own cell.
  const cell = page.locator('[aria-rowindex="2"] [role="gridcell"][aria-colindex="5"]');
  await cell.click();
  await cell.getByRole("button", { name: "Choose from media" }).click();
  const picker = page.getByRole("dialog", { name: "Choose from your media" });
  await picker.getByRole("button", { name: "Choose rose.png" }).click();
  await expect(picker).toHaveCount(0);
  await expect(cell).toContainText("/media/");
  await expect(cell).not.toHaveAttribute("aria-invalid", "true");

  const publish = async () => {
    await page.getByRole("button", { name: "Publish", exact: true }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await expect(page.getByText("Published. The assistant answers")).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await publish();

  // In use: it says where, empties the cell in the draft, and waits until that is live.
  await library(page);
  await card("rose.png").getByRole("button", { name: "Remove rose.png" }).click();
  const question = page.getByRole("dialog", { name: /Remove .rose\.png/ });
  await expect(question.getByText("It is used in 1 row.")).toBeVisible();
  await question.getByRole("button", { name: "Empty the cells and remove" }).click();
  await expect(card("rose.png")).toContainText("Being removed");
  await page.keyboard.press("Escape");
  await expect(cell).not.toContainText("/media/");
  await publish();
  await library(page);
  await expect(card("rose.png")).toHaveCount(0);
  await card("tulip.png").getByRole("button", { name: "Remove tulip.png" }).click();
  const other = page.getByRole("dialog", { name: /Remove .tulip\.png/ });
  await expect(other.getByText("No row of the catalogue uses this file.")).toBeVisible();
  await other.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(card("tulip.png")).toHaveCount(0);
});
