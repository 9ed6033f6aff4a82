// Writes a .br and a .gz beside each file of dist/ that gains from it, and csp.json with the hash of the inline script.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const compressible = /\.(js|css|html|svg|json|txt|map|webmanifest)$/;

const html = await readFile(join(dist, "index.html"), "utf8");
const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]);
if (inline.length !== 1) throw new Error(`expected one inline script in index.html, found ${inline.length}`);
const script = `sha256-${createHash("sha256").update(inline[0]).digest("base64")}`;
await writeFile(join(dist, "csp.json"), `${JSON.stringify({ script })}\n`);

let files = 0;
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !compressible.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  // The server writes into this page, so a compressed copy of it would be wrong.
  if (path === join(dist, "index.html") || path === join(dist, "csp.json")) continue;
  const bytes = await readFile(path);
  if (bytes.length < 1024) continue;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
  files++;
}
console.info(`precompressed ${files} files`);
