import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Catalogue, FirstRun, menu, Phone } from "./pages";

const flowers = fileURLToPath(new URL("./fixtures/flowers.csv", import.meta.url));

// The newcomer's path of the first issue, without a terminal after the start.
test("from the one-time code to a paid order, a booking and a reminder", async ({ page, context }) => {
  const faults: string[] = [];
  page.on("pageerror", (fault) => faults.push(fault.message));

  const first = new FirstRun(page);
  await first.openWithCode();
  await first.setPassword();
  await first.createCompany("Flora Verde");

  const catalogue = new Catalogue(page);
  await catalogue.open();
  await catalogue.drop(flowers);
  await expect(page.getByRole("button", { name: "Publish", exact: true })).toBeDisabled();
  // The report names the row, the column, what is wrong and what to do.
  await expect(catalogue.problem(5)).toContainText("Price");
  await expect(catalogue.problem(5)).toContainText("thirty nine");
  await catalogue.fix(5, "Price", "39.00");
  await catalogue.publish();
  await expect(page.getByRole("grid")).toBeVisible();
  await expect(page.getByRole("gridcell", { name: "Bouquet of 20 red roses" })).toBeVisible();

  const phone = new Phone(page);
  await phone.open();
  await phone.write("Hello! One bouquet of 20 red roses and one pot of lavender to Valencia, please");
  await expect(page.getByTestId("reasons").getByText("Calculated").first()).toBeVisible();
  await phone.write("My name is Anna, my phone is +447700900111. I confirm the order");
  await expect(page.getByTestId("reasons").getByText("Total: €79.00 + €17.50 + €6.50 = €103.00").first()).toBeVisible();
  const pay = page.getByRole("link", { name: "Open the pay page" });
  await expect(pay).toBeVisible();

  const [payPage] = await Promise.all([context.waitForEvent("page"), pay.click()]);
  await payPage.getByRole("button", { name: /pay/i }).first().click();
  await expect(payPage.getByText(/paid/i).first()).toBeVisible();
  await payPage.close();
  await expect(page.getByText("Paid", { exact: true }).first()).toBeVisible();

  await menu(page, "Calendar").click();
  await page.getByRole("radio", { name: "List" }).click();
  await expect(page.getByRole("button", { name: /Anna/ }).filter({ hasText: "confirmed" }).first()).toBeVisible();

  // A second customer leaves the link unpaid; three hours later the reminder has come.
  await phone.open();
  await page.getByRole("radio", { name: "Telegram" }).click();
  // The first customer's answers must not be counted as the second's.
  await expect(phone.talk.getByText("Assistant:", { exact: true })).toHaveCount(0);
  await phone.write("One pot of lavender to Valencia, please");
  await phone.write("My name is Boris, my phone is +447700900222. I confirm the order");
  await expect(page.getByRole("link", { name: "Open the pay page" })).toBeVisible();
  const said = await phone.talk.getByText("Assistant:", { exact: true }).count();
  await phone.jumpThreeHours();
  await expect.poll(() => phone.talk.getByText("Assistant:", { exact: true }).count()).toBeGreaterThan(said);
  await expect(page.getByText("A reminder was sent")).toBeVisible();

  await menu(page, "Orders").click();
  await expect(page.getByRole("row").filter({ hasText: "Anna" })).toContainText("Paid");
  await expect(page.getByRole("row").filter({ hasText: "Boris" })).toContainText("Link sent");
  expect(faults).toEqual([]);
});
