import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { graphqlDocuments } from "./vite.graphql.ts";

const src = fileURLToPath(new URL("./src", import.meta.url));
const server = process.env.X8_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [graphqlDocuments(src), react(), tailwindcss()],
  resolve: { alias: { "@": src } },
  build: {
    target: "es2023",
    manifest: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What every page needs, in one file: it compresses better than in five.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|urql|wonka|@urql\/core|@0no-co)\//,
            },
            // Three that lists use together, and nothing else does. Each chunk has its name in the entry, which sign-in loads too.
            { name: "list", test: /src\/shared\/lib\/use-(debounced|paged|url-state)\./ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/graphql", "/files", "/pay", "/widget", "/exports", "/calendar"].map((path) => [
        path,
        { target: server, ws: path === "/graphql" },
      ]),
    ),
  },
});
