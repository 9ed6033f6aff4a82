import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { ask, newCompany, signIn } from "./pages";

/** A customer of the phone frame writes: the id of the conversation. */
async function writes(page: Page, companyId: string, phone: string, text: string): Promise<string> {
  const { tryMessage } = await ask<{ tryMessage: { conversation: { id: string } } }>(
    page,
    "mutation($i: TryMessageInput!) { tryMessage(input: $i) { conversation { id } userErrors { code message } } }",
    { i: { companyId, kind: "WHATSAPP", phone, text } },
  );
  return tryMessage.conversation.id;
}

/** Another tab makes the customer of one talk part of another's. */
async function joinBehind(page: Page, gone: string, kept: string): Promise<void> {
  const contactOf = async (id: string) => {
    const query = "query($id: ID!) { conversation(id: $id) { contact { id } } }";
    return (await ask<{ conversation: { contact: { id: string } } }>(page, query, { id })).conversation.contact.id;
  };
  await ask(
    page,
    "mutation($i: JoinContactsInput!) { joinContacts(input: $i) { contact { id } userErrors { code message } } }",
    { i: { id: await contactOf(kept), otherId: await contactOf(gone) } },
  );
}

test("two customers that are one person are joined, by keyboard, and the old link leads on", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page);
  const company = await newCompany(page, "Two of one", "PRODUCT");
  const kept = await writes(page, company.id, "+34600111222", "Do you have white roses?");
  const gone = await writes(page, company.id, "+34600333444", "It is me again, from my other phone.");
  const third = await writes(page, company.id, "+34600555666", "Somebody else asks.");
  const inbox = `/c/${company.code}/inbox`;
  const faults = async () => (await new AxeBuilder({ page }).include("[role=dialog]").analyze()).violations;

  await page.goto(`${inbox}/${encodeURIComponent(kept)}`);
  const open = page.getByRole("button", { name: "Join with another customer" });
  await open.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Join two customers" });
  const search = dialog.getByRole("searchbox", { name: "Name, phone or what was last written" });
  const found = dialog.getByRole("list", { name: "Customers" }).getByRole("button");
  await expect(found).toHaveCount(2);
  await expect(found.filter({ hasText: "+34600111222" }), "not with itself").toHaveCount(0);
  await search.focus();
  await page.keyboard.type("333444");
  await expect(found).toHaveCount(1);
  expect(await faults()).toEqual([]);
  await page.keyboard.press("Tab");
  await expect(found).toBeFocused();
  await page.keyboard.press("Enter");

  // Both beside each other; it is asked for a word, and nothing has happened yet.
  await expect(dialog.getByRole("heading", { name: /34600111222 stays/ })).toBeFocused();
  const stays = dialog.getByRole("region", { name: "+34600111222: Stays" });
  await expect(stays.getByText("WhatsApp, ")).toBeVisible();
  await expect(dialog.getByRole("region", { name: "+34600333444: Becomes part of it" })).toBeVisible();
  await expect(dialog.getByText("This cannot be undone.")).toBeVisible();
  expect(await faults()).toEqual([]);
  await dialog.getByRole("button", { name: "Let +34600333444 stay instead" }).click();
  await expect(dialog.getByRole("region", { name: "+34600333444: Stays" })).toBeVisible();
  await dialog.getByRole("button", { name: "Let +34600111222 stay instead" }).click();
  await expect(stays).toBeVisible();
  const join = dialog.getByRole("button", { name: "Join for good" });
  await join.focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("Tick this first: nobody can take it back.");
  await expect(dialog.getByRole("checkbox")).toBeFocused();
  await page.keyboard.press("Space");
  await join.focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("+34600333444 is part of +34600111222 now.")).toBeVisible();

  const talk = page.getByRole("log", { name: "Conversation" });
  for (const said of [
    "Do you have white roses?",
    "It is me again, from my other phone.",
    "another contact is the same person",
  ])
    await expect(talk.getByText(said)).toBeVisible();
  const list = page.getByRole("list", { name: "Inbox" }).getByRole("link");
  await expect(list).toHaveCount(2);
  await page.goto(`${inbox}/${encodeURIComponent(gone)}`);
  await expect(page).toHaveURL(new RegExp(`${encodeURIComponent(kept)}$`));
  await expect(talk.getByText("It is me again, from my other phone.")).toBeVisible();

  // Whom somebody else has joined with a third meanwhile is refused in the dialog, and nothing changes.
  await page.getByRole("button", { name: "Join with another customer" }).click();
  await found.filter({ hasText: "+34600555666" }).click();
  await dialog.getByRole("checkbox").check();
  await joinBehind(page, third, await writes(page, company.id, "+34600777888", "And a fourth."));
  await join.click();
  await expect(dialog.getByRole("alert")).toHaveText("This no longer exists.");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Join with another customer" })).toBeFocused();
});
