import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const call = /\bgraphql\(\s*`([^`]*)`,?\s*\)/g;
const spread = /\.\.\.\s*(?!on\b)(\w+)/g;

/**
 * Gives each `graphql(...)` call the fragments that it spreads, so that a route carries its own operations and no
 * others. (The generated lookup table would put every operation of the program into the first download.)
 */
export function graphqlDocuments(src: string): Plugin {
  const fragments = new Map<string, string>();

  function read(): void {
    fragments.clear();
    for (const file of readdirSync(src, { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(file) || file.includes("api/gql/")) continue;
      for (const [, source = ""] of readFileSync(join(src, file), "utf8").matchAll(call)) {
        const name = /^\s*fragment\s+(\w+)/.exec(source)?.[1];
        if (name) fragments.set(name, source);
      }
    }
  }

  function withFragments(source: string): string {
    const needed = new Set<string>();
    const collect = (text: string) => {
      for (const [, name = ""] of text.matchAll(spread)) {
        if (needed.has(name)) continue;
        const fragment = fragments.get(name);
        if (!fragment) throw new Error(`no fragment ${name}`);
        needed.add(name);
        collect(fragment);
      }
    };
    collect(source);
    return [source, ...[...needed].map((name) => fragments.get(name))].join(" ").replace(/\s+/g, " ").trim();
  }

  return {
    name: "graphql-documents",
    enforce: "pre",
    buildStart: read,
    transform(code, id) {
      if (!/\.tsx?$/.test(id.split("?")[0] ?? "") || !code.includes("graphql(")) return null;
      return {
        code: code.replace(
          call,
          (_, source: string) => `/*#__PURE__*/ graphql(${JSON.stringify(withFragments(source))})`,
        ),
        map: null,
      };
    },
  };
}
