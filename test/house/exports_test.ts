import assert from "node:assert/strict";
import { exportsOf, importsOf } from "./imports.ts";
import { readEntries, readSources } from "./source_files.ts";

/** The names that files import of each file. */
class Uses {
  readonly #names = new Map<string, Set<string> | "all">();

  constructor(users: ReadonlyMap<string, string>) {
    for (const [path, text] of users) {
      for (const { target, names } of importsOf(path, text)) {
        const known = this.#names.get(target) ?? new Set();
        this.#names.set(target, names === null || known === "all" ? "all" : new Set([...known, ...names]));
      }
    }
  }

  has(path: string, name: string): boolean {
    const names = this.#names.get(path);
    return names === "all" || names?.has(name) === true;
  }
}

/**
 * Finds exports of `sources` that nobody needs, as "path: name". An export is needed if another source or one of
 * `users` imports it. A part that its own file uses may be exported for a test of its own; code that only tests run may
 * not.
 */
function unusedExports(
  sources: ReadonlyMap<string, string>,
  users: ReadonlyMap<string, string>,
  tests: ReadonlyMap<string, string>,
): string[] {
  const used = new Uses(new Map([...sources, ...users]));
  const tested = new Uses(tests);
  return [...sources].flatMap(([path, text]) => {
    const usesItself = (name: string) => [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;
    const needed = (name: string) => used.has(path, name) || tested.has(path, name) && usesItself(name);
    return exportsOf(text).filter((name) => !needed(name)).map((name) => `${path}: ${name}`);
  });
}

Deno.test("unusedExports() finds names that are exported for nobody, or for tests alone", () => {
  const sources = new Map([
    ["src/a.ts", "export const used = 1;\nexport interface Unused {}\nexport async function lazy() {}\n"],
    ["src/b.ts", 'import { used } from "./a.ts";\nexport { type Used as Given } from "./c.ts";\n'],
    ["src/c.ts", "export type Used = string;\nconst inner = 1;\n"],
    ["src/d.ts", "export function part() {}\nexport function dead() {}\nexport function whole() { part(); }\n"],
  ]);
  const users = new Map([["mod.ts", 'const { lazy } = await import("./src/a.ts");\nexport * from "./d.ts";\n']]);
  const tests = new Map([["test/d_test.ts", 'import { dead, part, whole } from "../src/d.ts";\n']]);
  const unused = unusedExports(sources, users, tests);
  assert.deepEqual(unused, ["src/a.ts: Unused", "src/b.ts: Given", "src/d.ts: dead", "src/d.ts: whole"]);
});

Deno.test("every export of src is used by another file of src, by a public module or by a bench", async () => {
  const sources = await readSources(["src"], [".ts"]);
  const users = new Map([...await readEntries(), ...await readSources(["bench"], [".ts"])]);
  assert.deepEqual(unusedExports(sources, users, await readSources(["test"], [".ts"])), []);
});

Deno.test("every export of a test's helper or of a bench is used by another file of theirs", async () => {
  const sources = await readSources(["bench", "test"], [".ts"]);
  // Nothing there runs: its functions are exported so that the compiler keeps them.
  const unused = unusedExports(sources, new Map(), new Map()).filter((name) =>
    !name.startsWith("test/public_types.ts")
  );
  assert.deepEqual(unused, []);
});
