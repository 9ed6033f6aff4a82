import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { graphqlDocuments } from "./vite.graphql.ts";

const src = fileURLToPath(new URL("./src", import.meta.url));

export default defineConfig({
  plugins: [graphqlDocuments(src)],
  resolve: { alias: { "@": src } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}", "widget/**/*.test.ts", "scripts/**/*.test.ts"] },
});
