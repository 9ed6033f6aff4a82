import { createServer } from "node:http";
import { expect, test } from "@playwright/test";
import { menu, signIn } from "./pages";

// The widget on somebody else's page: another origin, and a content security policy that allows our script and frame only.
test("a visitor asks, is answered, closes with Esc and finds the talk again", async ({ page, browser, baseURL }) => {
  await signIn(page);
  await menu(page, "Settings").click();
  await page.getByRole("button", { name: "Add a web chat" }).click();
  const line =
    (await page
      .getByRole("group", { name: /Put this line/ })
      .first()
      .textContent()) ?? "";
  const key = /data-key="([^"]+)"/.exec(line)?.[1];
  expect(key).toBeTruthy();

  const shop = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.setHeader("content-security-policy", `default-src 'none'; script-src ${baseURL}; frame-src ${baseURL}`);
    response.end(
      `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1><script src="${baseURL}/widget/loader.js" data-key="${key}"></script></html>`,
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const address = shop.address();
  const visitor = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const faults: string[] = [];
  visitor.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  try {
    await visitor.goto(`http://localhost:${typeof address === "object" ? address?.port : ""}/`);
    const button = visitor.getByRole("button", { name: "Open the chat" });
    await button.click();
    const chat = visitor.frameLocator("iframe");
    const field = chat.getByRole("textbox", { name: "Write a message" });
    await expect(field).toBeFocused();
    await field.fill("Hello, do you have roses?");
    await field.press("Enter");
    await expect(chat.getByRole("listitem")).toHaveCount(2, { timeout: 20_000 });
    await field.press("Escape");
    await expect(visitor.locator("iframe")).toBeHidden();
    await expect(button).toBeFocused();
    await visitor.reload();
    await button.click();
    await expect(chat.getByText("Hello, do you have roses?")).toBeVisible();
    expect(faults.filter((fault) => !fault.includes("favicon"))).toEqual([]);
  } finally {
    shop.close();
    await visitor.context().close();
  }
});
