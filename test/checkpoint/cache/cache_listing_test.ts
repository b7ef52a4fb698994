import assert from "node:assert/strict";
import { join } from "node:path";
import { listCache, prunable } from "../../../src/checkpoint/cache/cache_listing.ts";
import { inScratch } from "../../support/in_scratch.ts";

const DAY = 24 * 3600 * 1000;
const NOW = new Date("2026-11-20T12:00:00Z");

const NAME = "0".repeat(32);
const DIGEST = `digests/${NAME}.json`;
const QUANTIZED = `quantized/${NAME}.safetensors`;

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
    makeFiles(directory, {
      "tuning/a": [3, 0],
      [DIGEST]: [5, 0],
      "quantized/.c.safetensors.0123abcd.tmp": [4, 0],
      "other/d": [9, 0],
    });
    const found = listCache(directory).map(({ kind, bytes, usable }) => ({ kind, bytes, usable }));
    assert.deepEqual(found, [
      { kind: "digests", bytes: 5, usable: true },
      { kind: "partial", bytes: 4, usable: true },
      { kind: "tuning", bytes: 3, usable: true },
    ]);
  }));

Deno.test("listCache() tells that quantized weights of no known form cannot be used", () =>
  inScratch((directory) => {
    makeFiles(directory, { [QUANTIZED]: [64, 0] });
    assert.deepEqual(listCache(directory).map(({ usable, source }) => [usable, source]), [[false, null]]);
  }));

Deno.test("prunable() takes what is old or unusable, and never a tuning or the embedded model", () =>
  inScratch((directory) => {
    makeFiles(directory, {
      [DIGEST]: [1, 40],
      [DIGEST.replace("0", "1")]: [1, 1],
      [QUANTIZED]: [64, 0],
      "quantized/.new.tmp": [1, 0.5],
      "quantized/.left.tmp": [1, 2],
      "tuning/old": [1, 400],
      "embedded/old": [1, 400],
    });
    const removed = prunable(listCache(directory), new Date(NOW.getTime() - 30 * DAY), NOW);
    const names = removed.map(({ path }) => path.slice(directory.length + 1).replaceAll("\\", "/"));
    assert.deepEqual(names.sort(), [DIGEST, "quantized/.left.tmp", QUANTIZED]);
  }));

Deno.test("listCache() passes over files of other programs in folders of the same names, so that none is removed", () =>
  inScratch((directory) => {
    makeFiles(directory, {
      "quantized/model.safetensors": [64, 400],
      "quantized/notes.tmp": [1, 400],
      "quantized/my.tmp.files/a": [1, 400],
      [`quantized/${NAME}.gguf`]: [1, 400],
      "digests/thesis.json": [1, 400],
    });
    assert.deepEqual(listCache(directory), []);
  }));
