import { expect, type Locator, type Page } from "@playwright/test";

export const CODE = process.env.X8_CODE ?? "";
export const OWNER = { name: "Marta Vidal", email: "marta@flora.example", password: "a short sentence" };

/** The first minutes of an owner: the code of the first start, a password, a company. */
export class FirstRun {
  constructor(private readonly page: Page) {}

  async openWithCode(): Promise<void> {
    await this.page.goto(`/#code=${encodeURIComponent(CODE)}`);
    await expect(this.page.getByRole("heading", { name: "Make it yours" })).toBeVisible();
    // The code must not stay in the address bar or in the history.
    expect(this.page.url()).not.toContain(CODE);
  }

  async setPassword(): Promise<void> {
    await this.page.getByLabel("Your name").fill(OWNER.name);
    await this.page.getByLabel("E-mail").fill(OWNER.email);
    await this.page.getByLabel("New password").fill(OWNER.password);
    await this.page.getByRole("button", { name: "Save and continue" }).click();
    await expect(this.page.getByRole("heading", { name: "Tell us about your business" })).toBeVisible();
  }

  async createCompany(name: string): Promise<void> {
    await this.page.getByLabel("Name of the business").fill(name);
    await this.page.getByLabel("What I sell").fill("Flowers and bouquets");
    await this.page.getByRole("button", { name: "Next" }).click();
    await this.page.getByLabel("City").fill("Valencia");
    await expect(this.page.getByLabel("Currency")).toHaveValue("EUR");
    await expect(this.page.getByLabel("Time zone")).toHaveValue("Europe/Madrid");
    await this.page.getByRole("button", { name: "Create the business" }).click();
    await expect(this.page.getByRole("heading", { name: "Getting started" })).toBeVisible();
  }
}

export async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

export function menu(page: Page, name: string) {
  return page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: new RegExp(`^${name}`) });
}

/** The catalogue: a table goes in, problems are put right, a version goes out. */
export class Catalogue {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    await menu(this.page, "Catalogue").click();
  }

  async drop(file: string): Promise<void> {
    await this.page.locator('input[type="file"]').first().setInputFiles(file);
    await expect(this.page.getByRole("heading", { name: "What needs fixing" })).toBeVisible({ timeout: 30_000 });
  }

  problem(row: number) {
    return this.page
      .getByRole("list", { name: "What needs fixing" })
      .getByRole("listitem")
      .filter({ hasText: `Row ${row}` });
  }

  async fix(row: number, column: string, value: string): Promise<void> {
    const problem = this.problem(row);
    await problem.getByLabel(column, { exact: true }).fill(value);
    await problem.getByRole("button", { name: "Fix" }).click();
    await expect(problem.getByText("Fixed").first()).toBeVisible();
  }

  async publish(): Promise<void> {
    await this.page.getByRole("button", { name: "Publish", exact: true }).click();
    await expect(this.page.getByText("Published. The assistant answers")).toBeVisible();
  }
}

/** The phone of "Try your assistant". */
export class Phone {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    await menu(this.page, "Try it").click();
    await expect(this.page.getByRole("heading", { name: "Try your assistant" })).toBeVisible();
  }

  get talk() {
    return this.page.getByRole("log", { name: "Messages" });
  }

  async send(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.page.getByRole("button", { name: "Send the message" }).click();
  }

  /** Writes and waits until the assistant has answered once more. */
  async write(text: string): Promise<void> {
    const answers = this.talk.getByText("Assistant:", { exact: true });
    const before = await answers.count();
    await this.send(text);
    await expect.poll(() => answers.count(), { timeout: 30_000 }).toBeGreaterThan(before);
  }

  async jumpThreeHours(): Promise<void> {
    await this.page.getByRole("button", { name: "3 hours later" }).click();
    await expect(this.page.getByText("It is now").first()).toBeVisible();
  }
}

/** Asks the server as the page would: to prepare what a test begins with. */
export function ask<Data>(page: Page, query: string, variables: Record<string, unknown>): Promise<Data> {
  return page.evaluate(
    async ([query, variables]) => {
      const response = await fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", "X-X8-Client": "web" },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      const refused = Object.values(data ?? {}).flatMap((one) => (one as { userErrors?: unknown[] })?.userErrors ?? []);
      if (errors || refused.length > 0) throw new Error(JSON.stringify(errors ?? refused));
      return data;
    },
    [query, variables] as const,
  );
}

/** A company of its own, so that tests do not meet in the same calendar and catalogue. */
export async function newCompany(page: Page, name: string, type: "PRODUCT" | "SERVICE") {
  const { createCompany } = await ask<{ createCompany: { company: { id: string; code: string } } }>(
    page,
    "mutation($i: CreateCompanyInput!) { createCompany(input: $i) { company { id code } userErrors { code message } } }",
    {
      i: { name, shopType: "test", city: "Valencia", language: "EN", currency: "EUR", timezone: "Europe/Madrid", type },
    },
  );
  return createCompany.company;
}

/** One card of the settings. */
export async function openSetting(page: Page, name: string) {
  await signIn(page);
  await menu(page, "Settings").click();
  const card = page.getByRole("region", { name, exact: true });
  await expect(card).toBeVisible();
  return card;
}

/** What happens at a platform, whose fake is behind a door of its own: testkit/examples/platforms.rs knows the acts. */
export async function happens(platform: string, act: string): Promise<void> {
  const answer = await fetch(`${platform}/__test/${act}`, { method: "POST" });
  expect(answer.status).toBe(204);
}

/** Disconnects an account in its card, having read what that means. */
export async function disconnect(card: Locator, account: string, consequences: string[]): Promise<void> {
  await card.getByRole("button", { name: "Disconnect" }).click();
  // By its name: a toast that is still shown has the role of a dialog too.
  const dialog = card.page().getByRole("dialog", { name: `Disconnect ${account}?` });
  for (const text of consequences) await expect(dialog.getByRole("listitem").filter({ hasText: text })).toBeVisible();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await expect(dialog).toBeHidden();
}
