import { defineConfig } from "@playwright/test";

// Playwright's own browser (npx playwright install chromium), or the one that CHROMIUM names.
const executablePath = process.env.CHROMIUM || undefined;
const quietly = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export default defineConfig({
  testDir: "tests",
  reporter: "line",
  use: {
    launchOptions: executablePath ? { executablePath, args: quietly } : {},
  },
});
