import { chromium, devices } from "@playwright/test";

const url = process.env.X8_URL;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const only = process.argv.slice(2);
const out = "/tmp/e2e/shots/";
async function open(options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    locale: "en-GB",
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel(/E-mail|Correo|почт|пошта/i).fill("marta@flora.example");
  await page
    .getByLabel(/Password|Contraseña|Пароль|Құпия/i)
    .first()
    .fill("a short sentence");
  await page.locator("button[type=submit]").click();
  await page.waitForURL(/\/c\//);
  return page;
}
async function settle(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(600);
}
const screens = async (page, tag, list) => {
  const company = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
  for (const one of list) {
    await page.goto(`${company}/${one}`);
    await settle(page);
    if (one === "inbox!") {
    }
    await page.screenshot({ path: `${out}${tag}-${one.replace(/\W+/g, "_")}.png` });
    if (one === "inbox") {
      await page.getByRole("list").getByRole("link").filter({ hasText: /./ }).first();
      const link = page.locator('a[href*="/inbox/conversation"]').first();
      if (await link.count()) {
        await link.click();
        await settle(page);
        await page.screenshot({ path: `${out}${tag}-thread.png` });
      }
    }
  }
};
const all = ["home", "inbox", "try", "catalogue", "orders", "calendar", "jobs", "settings"];
for (const what of only.length ? only : ["light", "dark", "phone", "ru"]) {
  if (what === "light") await screens(await open(), "light", all);
  if (what === "dark") await screens(await open({ colorScheme: "dark" }), "dark", ["home", "inbox", "try", "calendar"]);
  if (what === "phone")
    await screens(await open({ ...devices["Pixel 7"], locale: "en-GB" }), "phone", [
      "home",
      "inbox",
      "try",
      "orders",
      "calendar",
    ]);
  if (what === "ru") await screens(await open({ locale: "ru-RU" }), "ru", all);
  if (what === "kk") await screens(await open({ locale: "kk-KZ" }), "kk", ["home", "inbox", "calendar"]);
}
await browser.close();
