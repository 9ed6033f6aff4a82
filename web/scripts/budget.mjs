// What a visitor of each route downloads, from Vite's manifest, against budgets.json. Over budget: exit code 1.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const web = new URL("../", import.meta.url).pathname;
const dist = join(web, "dist");
const budgets = JSON.parse(readFileSync(join(web, "budgets.json"), "utf8"));
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const sizes = new Map();
function gzipped(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return sizes.get(file);
}

/** Every script file that these entries need, the page's own entry included. */
function filesOf(entries) {
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`no chunk for ${key}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit("index.html");
  for (const entry of entries) visit(entry);
  return files;
}

let over = false;
const rows = [];
function line(name, bytes, limit) {
  const size = bytes / 1000;
  if (size > limit) over = true;
  rows.push({ what: name, KB: size.toFixed(1), limit, verdict: size > limit ? "OVER" : "ok" });
}

const locales = Object.entries(manifest).filter(([key]) => /i18n\/locales\/\w+\.json$/.test(key));
const sum = (files) => [...files].reduce((total, file) => total + gzipped(file), 0);
for (const [name, route] of Object.entries(budgets.routes)) {
  const base = route.base ? filesOf(route.base) : new Set();
  line(`${name} (JS)`, sum([...filesOf(route.entries)].filter((file) => !base.has(file))), route.limit);
}
line(
  "all CSS",
  readdirSync(join(dist, "assets"))
    .filter((file) => file.endsWith(".css"))
    .reduce((total, file) => total + gzipped(join("assets", file)), 0),
  budgets.css,
);
for (const [key, chunk] of locales) line(`locale ${key.match(/(\w+)\.json$/)[1]}`, gzipped(chunk.file), budgets.locale);
const widget = join(dist, "widget");
if (existsSync(widget)) {
  line("widget loader", gzipped("widget/loader.js"), budgets.widget.loader);
  const app = readdirSync(widget, { recursive: true }).filter(
    (file) => /\.(js|css)$/.test(file) && file !== "loader.js",
  );
  line(
    "widget app",
    app.reduce((total, file) => total + gzipped(join("widget", file)), 0),
    budgets.widget.app,
  );
}
console.table(rows);
if (over) {
  console.error("over budget: see budgets.json");
  process.exit(1);
}
