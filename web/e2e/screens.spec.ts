import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { signIn } from "./pages";

// Runs after the ten-minute path, on what it has left behind.
const SCREENS = [
  "home",
  "inbox",
  "try",
  "catalogue",
  "orders",
  "calendar",
  "calendar?view=month",
  "calendar?view=list",
  "jobs",
  "settings",
  "nowhere",
];

async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

for (const theme of ["light", "dark"] as const) {
  test(`every screen is accessible, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto("/sign-in");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect.soft(await faultsOf(page), "sign-in").toEqual([]);
    await signIn(page);
    const company = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
    for (const screen of SCREENS) {
      await page.goto(`${company}/${screen}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeAttached();
      await page.waitForLoadState("networkidle");
      expect.soft(await faultsOf(page), screen).toEqual([]);
    }
    await page.goto(`${company}/inbox`);
    await page.getByRole("list", { name: "Inbox" }).getByRole("link").first().click();
    await expect(page.getByRole("log", { name: "Conversation" })).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect.soft(await faultsOf(page), "conversation").toEqual([]);
    await page.keyboard.press("ControlOrMeta+k");
    await expect(page.getByRole("combobox")).toBeFocused();
    expect.soft(await faultsOf(page), "palette").toEqual([]);
    await page.keyboard.press("Escape");
    await page.goto(`${company}/calendar?view=list`);
    await page.getByRole("button", { name: /Anna/ }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
    expect.soft(await faultsOf(page), "booking").toEqual([]);
    await page.keyboard.press("Escape");
    expect.soft(errors).toEqual([]);
  });
}

test("nothing scrolls sideways at 320 px, in any language", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn(page);
  const company = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
  for (const locale of ["en", "es", "ru", "kk"]) {
    await page.evaluate((chosen) => localStorage.setItem("x8.locale", chosen), locale);
    for (const screen of SCREENS) {
      await page.goto(`${company}/${screen}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeAttached();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(width, `${screen} in ${locale}`).toBeLessThanOrEqual(320);
    }
  }
});
