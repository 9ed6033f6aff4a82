// Imports only point down: app > pages > widgets > features > entities > shared.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const src = new URL("../src/", import.meta.url).pathname;
const layers = ["app", "pages", "widgets", "features", "entities", "shared"];
const faults = [];
let checked = 0;

for (const file of readdirSync(src, { recursive: true })) {
  if (!/\.tsx?$/.test(file) || file.includes("shared/api/gql/")) continue;
  const [layer, slice] = file.split("/");
  const code = readFileSync(join(src, file), "utf8");
  for (const match of code.matchAll(/(?:from|import)\s*\(?\s*"@\/([\w-]+)\/([\w-]+)/g)) {
    const [, toLayer, toSlice] = match;
    checked++;
    const from = layers.indexOf(layer);
    const to = layers.indexOf(toLayer);
    if (to === -1) faults.push(`${file}: ${toLayer} is no layer`);
    else if (to < from) faults.push(`${file} (${layer}) must not import ${toLayer}/${toSlice}`);
    else if (layer === "pages" && toLayer === "pages" && toSlice !== slice)
      faults.push(`${file} must not import another page: ${toSlice}`);
  }
  if (/^export default /m.test(code) && layer !== "pages" && file !== "app/app-shell.tsx")
    faults.push(`${file}: default exports are for routes only`);
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.info(`${checked} imports point down`);
