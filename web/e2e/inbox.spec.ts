import { expect, test } from "@playwright/test";
import { menu, Phone, signIn } from "./pages";

test("an operator takes over, writes, leaves a note and hands back", async ({ page }) => {
  await signIn(page);
  const phone = new Phone(page);
  await phone.open();
  await page.getByRole("radio", { name: "Facebook" }).click();
  await phone.write("Hello, what do you sell?");
  await page.getByRole("link", { name: "Open in the inbox" }).click();
  await expect(page.getByText("The assistant answers here.")).toBeVisible();
  await page.getByRole("button", { name: "Take over" }).first().click();
  const field = page.getByRole("textbox", { name: "Write a reply" });
  await field.fill("Good day, this is Marta.");
  await field.press("Control+Enter");
  const talk = page.getByRole("log", { name: "Conversation" });
  await expect(talk.getByText("Good day, this is Marta.")).toBeVisible();
  await page.getByRole("radio", { name: "Note" }).click();
  await page.getByRole("textbox", { name: "Write a note" }).fill("Prefers white flowers.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(talk.getByText("Prefers white flowers.")).toBeVisible();

  // What a customer writes while a person has the talk is that person's to answer, also after the assistant is back.
  const inbox = page.url();
  await menu(page, "Try it").click();
  await page.getByRole("radio", { name: "Facebook" }).click();
  await expect(phone.talk.getByText("Good day, this is Marta.")).toBeVisible();
  await expect(phone.talk.getByText("Prefers white flowers.")).toHaveCount(0);
  const answers = phone.talk.getByText("Assistant:", { exact: true });
  const said = await answers.count();
  await phone.send("How much is the lavender?");
  await expect(phone.talk.getByText("How much is the lavender?")).toBeVisible();
  await expect(phone.talk.getByText("typing…")).toHaveCount(0);
  await page.goto(inbox);
  await page.getByRole("button", { name: "Hand back" }).click();
  await expect(page.getByText("The assistant answers again.")).toBeVisible();
  await menu(page, "Try it").click();
  await page.getByRole("radio", { name: "Facebook" }).click();
  await expect(page.getByTestId("reasons").getByText("Left to a person").first()).toBeVisible();
  expect(await answers.count()).toBe(said);
  await phone.write("And what does it cost?");
});

test("the grid is edited by keyboard alone", async ({ page }) => {
  await signIn(page);
  await menu(page, "Catalogue").click();
  const cell = page.getByRole("gridcell", { name: "Pot of lavender" });
  await cell.focus();
  await page.keyboard.press("F2");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Pot of French lavender");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your change went into a new draft")).toBeVisible();
  await expect(page.getByRole("gridcell", { name: "Pot of French lavender" })).toBeVisible();
  await page.getByRole("radio", { name: "Published" }).click();
  await expect(page.getByRole("gridcell", { name: "Pot of lavender", exact: true })).toBeVisible();
});
