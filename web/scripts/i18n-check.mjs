// Fails when a key used in the code is missing, when the languages differ in their keys, placeholders or plural forms,
// or when nothing uses a key any more.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const src = new URL("../src/", import.meta.url).pathname;
const languages = ["en", "es", "ru", "kk"];
const faults = [];

function flatten(value, prefix = "", into = new Map()) {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "string") into.set(prefix + key, inner);
    else flatten(inner, `${prefix}${key}.`, into);
  }
  return into;
}

const suffix = /_(zero|one|two|few|many|other)$/;
const words = new Map(
  languages.map((language) => [
    language,
    flatten(JSON.parse(readFileSync(join(src, `shared/i18n/locales/${language}.json`), "utf8"))),
  ]),
);
const isPlural = (keys, key) => suffix.test(key) && keys.has(`${key.replace(suffix, "")}_other`);
const baseOf = (keys, key) => (isPlural(keys, key) ? key.replace(suffix, "") : key);
const placeholders = (text) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]))].sort().join(",");

const english = words.get("en");
const bases = new Set([...english.keys()].map((key) => baseOf(english, key)));
for (const language of languages) {
  const keys = words.get(language);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const own = new Set([...keys.keys()].map((key) => baseOf(keys, key)));
  for (const base of bases) if (!own.has(base)) faults.push(`${language}: ${base} is missing`);
  for (const base of own) if (!bases.has(base)) faults.push(`${language}: ${base} is not in English`);
  for (const base of own) {
    if (!keys.has(`${base}_other`)) continue;
    for (const form of forms)
      if (!keys.has(`${base}_${form}`)) faults.push(`${language}: ${base} has no form "${form}"`);
  }
  for (const [key, text] of keys) {
    const base = baseOf(keys, key);
    const model = english.get(base) ?? english.get(`${base}_other`) ?? "";
    // "one" may leave the number out; every other form carries what English carries.
    if (placeholders(text) !== placeholders(model) && !key.endsWith("_one"))
      faults.push(`${language}: ${key} has other placeholders than English`);
    if (!text.trim()) faults.push(`${language}: ${key} is empty`);
  }
}

const used = new Set();
const prefixes = new Set();
for (const file of readdirSync(src, { recursive: true })) {
  if (!/\.tsx?$/.test(file) || file.includes("shared/api/gql/") || /\.test\.tsx?$/.test(file)) continue;
  const code = readFileSync(join(src, file), "utf8");
  for (const match of code.matchAll(/\bt\(\s*"([\w.]+)"/g)) used.add(match[1]);
  for (const match of code.matchAll(/`([\w.]+\.)\$\{/g)) prefixes.add(match[1]);
}
for (const key of used) if (!bases.has(key)) faults.push(`the code uses ${key}, which no language has`);
for (const base of bases)
  if (!used.has(base) && ![...prefixes].some((prefix) => base.startsWith(prefix))) faults.push(`nothing uses ${base}`);

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.info(`${bases.size} texts in ${languages.length} languages`);
