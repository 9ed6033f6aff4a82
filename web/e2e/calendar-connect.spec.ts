import { expect, type Locator, type Page, test } from "@playwright/test";
import { disconnect, happens, openSetting } from "./pages";

const GOOGLE = process.env.X8_TEST_GOOGLE ?? "";
const CONSEQUENCES = [
  "Times that are taken there are offered to customers again",
  "New bookings are no longer entered there",
  "Entries stay where they are. Bookings here stay",
];

/** Goes to Google's page, answers there, and is back. */
async function consent(page: Page, calendar: Locator, button: string, answer: "Allow" | "Cancel"): Promise<void> {
  await calendar.getByRole("button", { name: button }).click();
  await page.waitForURL(`${GOOGLE}/**`);
  await page.getByRole("link", { name: answer }).click();
  await page.waitForURL(/\/c\/COMP\d+\/settings$/);
}

test("a calendar is connected by consent, tested, and disconnected", async ({ page }) => {
  const calendar = await openSetting(page, "Calendar");
  await consent(page, calendar, "Connect Google Calendar", "Allow");
  await expect(page.getByText("The calendar is connected.")).toBeVisible();
  await expect(calendar.getByText("Google Calendar · owner@example.com")).toBeVisible();
  await expect(calendar.getByText("Connected", { exact: true }).first()).toBeVisible();
  await expect(calendar.getByText(/^Consent ending in .{1,4}, given on/)).toBeVisible();
  await calendar.getByRole("button", { name: "Test the connection" }).click();
  await expect(calendar.getByText("It works: the provider has answered.")).toBeVisible({ timeout: 20_000 });

  await disconnect(calendar, "Google Calendar", CONSEQUENCES);
  await expect(calendar.getByRole("button", { name: "Connect Google Calendar" })).toBeVisible();
  await page.reload();
  await expect(calendar.getByText(/Consent ending in/)).toBeHidden();
});

test("a consent that is refused, or given in part, connects nothing and says why", async ({ page }) => {
  const calendar = await openSetting(page, "Calendar");
  await consent(page, calendar, "Connect Google Calendar", "Cancel");
  // The card is far down the page: what is said there is brought into view, and stays.
  const refusal = calendar.getByRole("alert").filter({ hasText: "The calendar was not connected: you did not agree." });
  await expect(refusal).toBeInViewport();
  await happens(GOOGLE, "leave-out/https://www.googleapis.com/auth/calendar.freebusy");
  await consent(page, calendar, "Connect Google Calendar", "Allow");
  await expect(
    page.getByText("Not everything was agreed to. Connect again and leave both boxes ticked."),
  ).toBeVisible();
  await expect(calendar.getByRole("button", { name: "Connect Google Calendar" })).toBeVisible();
});

test("a consent that is taken back at Google is noticed by a test, and given anew", async ({ page }) => {
  const calendar = await openSetting(page, "Calendar");
  await consent(page, calendar, "Connect Google Calendar", "Allow");
  await expect(calendar.getByText("Connected", { exact: true }).first()).toBeVisible();
  await happens(GOOGLE, "revoke/all");
  await calendar.getByRole("button", { name: "Test the connection" }).click();
  await expect(calendar.getByText(/^Google no longer lets us in/)).toBeVisible({ timeout: 20_000 });
  await expect(calendar.getByText("Error", { exact: true })).toBeVisible();
  await consent(page, calendar, "Connect again", "Allow");
  await expect(calendar.getByText("Connected", { exact: true }).first()).toBeVisible();
  await expect(calendar.getByText(/^Google no longer lets us in/)).toBeHidden();
  await disconnect(calendar, "Google Calendar", CONSEQUENCES);
});
