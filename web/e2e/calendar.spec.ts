import { expect, type Page, test } from "@playwright/test";
import { ask, newCompany, signIn } from "./pages";

const HOUR = 48;

/** A salon with one chair: Ann holds tomorrow at 11, Bob tomorrow at 15. */
async function salon(page: Page) {
  const company = await newCompany(page, `Salon ${Date.now()}`, "SERVICE");
  await ask(page, "mutation($i: AddRowInput!) { addRow(input: $i) { row { id } userErrors { code message } } }", {
    i: {
      companyId: company.id,
      kind: "SERVICE",
      cells: {
        service_name: "Haircut",
        description: "Wash and cut.",
        price: "30",
        duration: "60 min",
        slots_available: "100",
        specialist_initials: "Lena",
        location: "Valencia",
      },
    },
  });
  await ask(
    page,
    "mutation($i: PublishCatalogueInput!) { publishCatalogue(input: $i) { catalogue { id } userErrors { code message } } }",
    { i: { companyId: company.id } },
  );
  const wish = (name: string, hour: number, phone: string) =>
    `A haircut in Valencia tomorrow at ${hour}:00. I'm ${name}, ${phone}. I confirm`;
  for (const [kind, text] of [
    ["TELEGRAM", wish("Ann Lee", 11, "+447700900111")],
    ["INSTAGRAM", wish("Bob Ray", 15, "+447700900112")],
  ])
    await ask(
      page,
      "mutation($i: TryMessageInput!) { tryMessage(input: $i) { conversation { id } userErrors { code message } } }",
      { i: { companyId: company.id, kind, text } },
    );
  const tomorrow = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Madrid" }).format(Date.now() + 86_400_000);
  await page.goto(`/c/${company.code}/calendar?view=day&day=${tomorrow}`);
  await expect(booking(page, "Ann Lee")).toBeVisible({ timeout: 30_000 });
  await expect(booking(page, "Bob Ray")).toBeVisible({ timeout: 30_000 });
  return company;
}

function booking(page: Page, name: string) {
  return page.getByRole("button", { name: new RegExp(name) });
}

/** Drags a booking so many hours down the day, to another hour, or its lower edge when `edge`. */
async function drag(page: Page, name: string, hours: number, edge = false) {
  await booking(page, name).scrollIntoViewIfNeeded();
  const box = await booking(page, name).boundingBox();
  if (!box) throw new Error(`${name} is not in view`);
  const x = box.x + box.width / 2;
  const y = edge ? box.y + box.height - 3 : box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 10);
  await page.mouse.move(x, y + hours * HOUR, { steps: 6 });
  await expect(page.getByTestId("ghost")).toBeVisible();
  await page.mouse.up();
}

test("a booking is moved by drag and by keys, a taken time is refused, and the customer is told", async ({ page }) => {
  await signIn(page);
  const company = await salon(page);
  await expect(page.getByText("Times are those of Madrid")).toBeVisible();
  await expect(booking(page, "Ann Lee")).toContainText("11:00");
  await expect(booking(page, "Ann Lee")).toContainText("held, unpaid");
  await expect(booking(page, "Ann Lee")).toHaveClass(/hatched/);

  await drag(page, "Ann Lee", 2);
  await expect(page.getByText(/Moved to .* 13:00\. The customer was told\./)).toBeVisible();
  await expect(booking(page, "Ann Lee")).toContainText("13:00");

  // Onto the other customer's hour: refused, and back where it was.
  await drag(page, "Ann Lee", 1.5);
  await expect(page.getByText("It stays where it was. That time is taken.").first()).toBeVisible();
  await expect(booking(page, "Ann Lee")).toContainText("13:00");

  // A drag that Esc ends changes nothing, and opens nothing.
  const box = await booking(page, "Ann Lee").boundingBox();
  if (!box) throw new Error("no booking");
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + 110, { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(page.getByTestId("ghost")).toHaveCount(0);
  await expect(page.getByRole("dialog", { name: /Haircut/ })).toHaveCount(0);
  await expect(booking(page, "Ann Lee")).toContainText("13:00");

  // By keys: an hour earlier, seen before it is done.
  await booking(page, "Ann Lee").focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press("Shift+ArrowUp");
  await expect(page.getByTestId("ghost")).toContainText("12:00–13:00");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("ghost")).toHaveCount(0);
  await expect(booking(page, "Ann Lee")).toBeFocused();
  for (let step = 0; step < 4; step++) await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/Moved to .* 12:00\./)).toBeVisible();
  await expect(booking(page, "Ann Lee")).toContainText("12:00");

  // Longer by its lower edge, and back with the way back.
  await drag(page, "Ann Lee", 0.5, true);
  await expect(page.getByText("Ends at 13:30 now.")).toBeVisible();
  await expect(booking(page, "Ann Lee")).toContainText("until 13:30");
  await page.getByText("Ends at 13:30 now.").locator("..").getByRole("button", { name: "Undo" }).click();
  await expect(booking(page, "Ann Lee")).toContainText("until 13:00");

  // What the customer read, in the order of the moves.
  await expect
    .poll(async () => {
      const { company: found } = await ask<{
        company: { conversations: { nodes: { messages: { nodes: { text: string }[] } }[] } };
      }>(
        page,
        "query($id: ID!) { company(id: $id) { conversations(first: 5) { nodes { messages(first: 50) { nodes { text } } } } } }",
        { id: company.id },
      );
      return found.conversations.nodes
        .flatMap((talk) => talk.messages.nodes.map((message) => message.text))
        .filter((text) => /was moved to|now ends at/.test(text)).length;
    })
    .toBe(4);
});

test("a booking is moved in its sheet, to a free time or to one that is written", async ({ page }) => {
  await signIn(page);
  await salon(page);
  await booking(page, "Bob Ray").click();
  const sheet = page.getByRole("dialog", { name: /Haircut/ });
  await expect(sheet.getByText(/booked only when it is paid/)).toBeVisible();
  await sheet.getByRole("button", { name: "Move", exact: true }).click();
  await sheet.getByLabel("Time").fill("11:30");
  await sheet.getByRole("button", { name: "Move to this time" }).click();
  await expect(sheet.getByText("That time is taken.")).toBeVisible();
  await sheet.getByRole("button", { name: /09:00/ }).first().click();
  await expect(page.getByText(/Moved to .* 09:00\./)).toBeVisible();
  await expect(sheet.getByText("09:00–10:00")).toBeVisible();
});

test("the month takes a booking to another day at its hour", async ({ page }) => {
  await signIn(page);
  await salon(page);
  await page.keyboard.press("m");
  await expect(page).toHaveURL(/view=month/);
  const ann = booking(page, "Ann Lee");
  await ann.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByTestId("ghost")).toContainText("11:00");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/Moved to .* 11:00\./)).toBeVisible();
  const from = await ann.boundingBox();
  const cell = page.locator("[data-day]").filter({ has: booking(page, "Bob Ray") });
  const to = await cell.boundingBox();
  if (!from || !to) throw new Error("not in view");
  await page.mouse.move(from.x + 20, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + to.height - 20, { steps: 8 });
  await page.mouse.up();
  await expect(cell.getByRole("button", { name: /Ann Lee/ })).toBeVisible();
});
