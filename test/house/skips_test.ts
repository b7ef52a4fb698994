import assert from "node:assert/strict";
import { readSources } from "./source_files.ts";

/** Finds tests that are left out, or that leave out all others, as "path: text". */
function skips(tests: ReadonlyMap<string, string>): string[] {
  return [...tests].flatMap(([path, text]) =>
    [...text.matchAll(/Deno\.test\.(?:ignore|only)\(|^\s+(?:ignore|only): /gm)].map(([found]) =>
      `${path}: ${found.trim()}`
    )
  );
}

Deno.test("skips() finds tests that are ignored or run alone", () => {
  const [ignore, only] = ["ignore", "only"].map((word) => `Deno.test.${word}("a", () => {});\n`);
  assert.equal(skips(new Map([["a", ignore], ["b", only], ["c", "Deno.test({\n  ignore: true,\n});"]])).length, 3);
});

Deno.test("no test is ignored or run alone", async () => {
  assert.deepEqual(skips(await readSources(["test"], [".ts"])), []);
});
