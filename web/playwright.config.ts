import { defineConfig, devices } from "@playwright/test";

// X8_URL: where a freshly started server answers; X8_CODE: its one-time code. scripts/web-test starts one.
const baseURL = process.env.X8_URL;
if (!baseURL)
  throw new Error("X8_URL is not set: run scripts/web-test, which starts the program and the browser tests");

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1366, height: 850 } };

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 8_000 },
  reporter: [["list"]],
  use: {
    baseURL,
    locale: "en-GB",
    actionTimeout: 10_000,
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.X8_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
  // The path of a newcomer needs a fresh server; the others work on what it leaves behind.
  projects: [
    { name: "first-run", testMatch: /ten-minutes\.spec\.ts/, use: desktop },
    { name: "desktop", testIgnore: /ten-minutes\.spec\.ts/, dependencies: ["first-run"], use: desktop },
    {
      name: "phone",
      testMatch: /screens\.spec\.ts/,
      grepInvert: /sideways/,
      dependencies: ["desktop"],
      use: { ...devices["Pixel 7"] },
    },
  ],
});
