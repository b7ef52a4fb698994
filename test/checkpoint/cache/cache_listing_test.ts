import assert from "node:assert/strict";
import { join } from "node:path";
import { listCache, prunable } from "../../../src/checkpoint/cache/cache_listing.ts";
import { inScratch } from "../../support/in_scratch.ts";

const DAY = 24 * 3600 * 1000;
const NOW = new Date("2026-11-20T12:00:00Z");

/** Makes files of a cache by path, each as large and as old as given. */
function makeFiles(directory: string, files: Readonly<Record<string, [bytes: number, days: number]>>): void {
  for (const [path, [bytes, days]] of Object.entries(files)) {
    const at = join(directory, path);
    Deno.mkdirSync(join(at, ".."), { recursive: true });
    Deno.writeFileSync(at, new Uint8Array(bytes));
    const used = new Date(NOW.getTime() - days * DAY);
    Deno.utimeSync(at, used, used);
  }
}

Deno.test("listCache() of no directory is empty", () =>
  inScratch((directory) => assert.deepEqual(listCache(join(directory, "none")), [])));

Deno.test("listCache() tells the kinds of files, the largest first, and passes over others", () =>
  inScratch((directory) => {
    makeFiles(directory, { "tuning/a": [3, 0], "digests/b": [5, 0], "quantized/c.tmp": [4, 0], "other/d": [9, 0] });
    const found = listCache(directory).map(({ kind, bytes, usable }) => ({ kind, bytes, usable }));
    assert.deepEqual(found, [
      { kind: "digests", bytes: 5, usable: true },
      { kind: "partial", bytes: 4, usable: true },
      { kind: "tuning", bytes: 3, usable: true },
    ]);
  }));

Deno.test("listCache() tells that quantized weights of no known form cannot be used", () =>
  inScratch((directory) => {
    makeFiles(directory, { "quantized/a": [64, 0] });
    assert.deepEqual(listCache(directory).map(({ usable, source }) => [usable, source]), [[false, null]]);
  }));

Deno.test("prunable() takes what is old or unusable, and never a tuning or the embedded model", () =>
  inScratch((directory) => {
    makeFiles(directory, {
      "digests/old": [1, 40],
      "digests/new": [1, 1],
      "quantized/unusable": [64, 0],
      "quantized/new.tmp": [1, 0.5],
      "quantized/left.tmp": [1, 2],
      "tuning/old": [1, 400],
      "embedded/old": [1, 400],
    });
    const removed = prunable(listCache(directory), new Date(NOW.getTime() - 30 * DAY), NOW);
    const names = removed.map(({ path }) => path.slice(directory.length + 1).replaceAll("\\", "/"));
    assert.deepEqual(names.sort(), ["digests/old", "quantized/left.tmp", "quantized/unusable"]);
  }));
