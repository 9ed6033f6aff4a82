import { defineConfig, devices } from "@playwright/test";

// X8_URL: where a freshly started server answers; X8_CODE: its one-time code.
// Without them the mock server is started, which is enough to try the pages themselves.
const own = !process.env.X8_URL;
const baseURL = process.env.X8_URL ?? "http://127.0.0.1:8799";

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
  webServer: own
    ? {
        command: "node dev/mock-server.mjs",
        url: baseURL,
        reuseExistingServer: false,
        env: { PORT: "8799", X8_CODE: "e2e-code" },
      }
    : undefined,
});
