import { defineConfig } from "vite";

// The chat inside the iframe: plain script and style, its own small build.
export default defineConfig({
  root: "widget",
  base: "/widget/",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "../dist/widget",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "widget/app.html" },
  },
});
