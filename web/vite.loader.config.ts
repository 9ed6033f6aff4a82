import { defineConfig } from "vite";

// The line that shops put into their pages. Its name never changes, so the server must not cache it for long.
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2019",
    outDir: "dist/widget",
    emptyOutDir: false,
    rolldownOptions: {
      input: "widget/loader.ts",
      output: { format: "iife", entryFileNames: "loader.js" },
    },
  },
});
