import { defineConfig, devices } from "@playwright/test";

// X8_URL: where a freshly started server answers; X8_CODE: its one-time code.
// Without them the mock server is started, which is enough to try the pages themselves.
const own = !process.env.X8_URL;
const baseURL = process.env.X8_URL ?? "http://127.0.0.1:8799";

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL,
    locale: "en-GB",
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.X8_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
  projects: [
    { name: "desktop", use: { ...devices["Desktop Chrome"], viewport: { width: 1366, height: 850 } } },
    {
      name: "phone",
      testMatch: /screens\.spec\.ts/,
      dependencies: ["desktop"],
      use: { ...devices["Pixel 7"] },
    },
  ],
  webServer: own
    ? { command: "node dev/mock-server.mjs", url: baseURL, reuseExistingServer: false, env: { PORT: "8799", X8_CODE: "e2e-code" } }
    : undefined,
});
