import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Checkpoint } from "../../../../src/checkpoint/checkpoint.ts";
import { listCache, prunable } from "../../../../src/checkpoint/cache/cache_listing.ts";
import { openCheckpoint } from "../../../../src/checkpoint/open_checkpoint.ts";
import { type QuantizedMatrix, QUANTIZER } from "../../../../src/checkpoint/cache/quantized_cache.ts";
import { openQuantizedWeights, type QuantizedOptions } from "../../../../src/model/load/quantize/quantized_weights.ts";
import { readQuantized } from "../../../../src/model/load/quantize/quantize_tensor.ts";
import type { Nf4Tensor } from "../../../../src/quant/nf4.ts";
import { inScratch } from "../../../support/in_scratch.ts";
import { sha256Of } from "../../../quant/golden.ts";

/** Between them every ggml type that is quantized at load. */
const FILES = ["tiny.gguf", "types.gguf"].map((name) =>
  fileURLToPath(new URL(`../../../golden/quant/${name}`, import.meta.url))
);

async function withCheckpoint(path: string, check: (checkpoint: Checkpoint) => Promise<void>): Promise<void> {
  const checkpoint = await openCheckpoint(path);
  try {
    await check(checkpoint);
  } finally {
    checkpoint.close();
  }
}

function matricesOf({ tensors }: Checkpoint): QuantizedMatrix[] {
  return [...tensors.values()].filter(({ name }) => name.includes("_proj"))
    .map(({ name, shape: [rows, columns] }) => ({ name, shape: [rows, columns] }));
}

/** All matrices, however they are got. */
async function loadAll(checkpoint: Checkpoint, options: QuantizedOptions): Promise<Nf4Tensor[]> {
  const matrices = matricesOf(checkpoint);
  const weights = await openQuantizedWeights(checkpoint, matrices, { least: 0, ...options });
  const tensors: Nf4Tensor[] = [];
  try {
    for (const _ of matrices) tensors.push(await weights.next());
  } catch (error) {
    weights.close("discard");
    throw error;
  }
  weights.close("keep");
  return tensors;
}

const oneByOne = (checkpoint: Checkpoint) =>
  Promise.all(matricesOf(checkpoint).map((matrix) => readQuantized(checkpoint, matrix)));

/** A checkpoint that must not be read. */
const unread = (checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  path: "nowhere.gguf",
  read: () => assert.fail("it was read"),
});

for (const path of FILES) {
  Deno.test(`${path.split("/").pop()}: matrices quantized in threads, and read from the cache, are those quantized here`, () =>
    inScratch((directory) =>
      withCheckpoint(path, async (checkpoint) => {
        const expected = await oneByOne(checkpoint);
        assert.ok(expected.length >= 7);
        assert.deepEqual(await loadAll(checkpoint, { directory: null }), expected);
        assert.deepEqual(await loadAll(checkpoint, { directory }), expected);
        assert.deepEqual(await loadAll(unread(checkpoint), { directory }), expected);
      })
    ));
}

Deno.test("what quantizing gives is that of this version of the quantizer: raise QUANTIZER with these digests", async () => {
  const digests: string[] = [];
  for (const path of FILES) {
    await withCheckpoint(path, async (checkpoint) => {
      const parts = (await oneByOne(checkpoint)).flatMap(({ codes, absmax }) => [...codes, ...absmax]);
      digests.push((await sha256Of(new Uint8Array(Float64Array.from(parts).buffer))).slice(0, 16));
    });
  }
  assert.deepEqual([QUANTIZER, ...digests], ["1", "adef2b6fa8839f4e", "e11973eb9b6b3e13"]);
});

Deno.test("a damaged entry is told of, and made again", () =>
  inScratch((directory) =>
    withCheckpoint(FILES[0], async (checkpoint) => {
      const expected = await loadAll(checkpoint, { directory });
      const [{ path }] = listCache(directory);
      for (const damage of ["truncate", "flip"]) {
        const bytes = Deno.readFileSync(path);
        bytes[bytes.length >> 1] ^= 16;
        Deno.writeFileSync(path, damage === "flip" ? bytes : bytes.slice(0, -100));
        const hints: string[] = [];
        const onHint = (sentence: string) => hints.push(sentence);
        assert.deepEqual(await loadAll(checkpoint, { directory, onHint }), expected);
        assert.equal(hints.length, 1);
        assert.match(hints[0], /^Quantized weights in the cache are of no use and are made again: Cannot /);
        assert.deepEqual(await loadAll(unread(checkpoint), { directory, onHint }), expected);
        assert.equal(hints.length, 1);
      }
    })
  ));

Deno.test("an entry serves the configuration that it was made with, and no other", () =>
  inScratch((directory) =>
    withCheckpoint(FILES[0], async (checkpoint) => {
      await loadAll(checkpoint, { directory });
      const changed = { ...unread(checkpoint), config: { ...checkpoint.config, rope_theta: 12345 } };
      await assert.rejects(loadAll(changed, { directory }));
      assert.equal(listCache(directory).filter(({ kind }) => kind === "quantized").length, 1);
      await loadAll({ ...checkpoint, config: changed.config }, { directory });
      assert.equal(listCache(directory).filter(({ kind }) => kind === "quantized").length, 2);
    })
  ));

Deno.test("a load that fails leaves no entry", () =>
  inScratch((directory) =>
    withCheckpoint(FILES[0], async (checkpoint) => {
      let reads = 0;
      const failing: Checkpoint = {
        ...checkpoint,
        path: "nowhere.gguf",
        read: (name) => ++reads > 3 ? Promise.reject(new RangeError("not finite")) : checkpoint.read(name),
      };
      await assert.rejects(loadAll(failing, { directory }), { name: "RangeError", message: "not finite" });
      assert.deepEqual(listCache(directory).filter(({ kind }) => kind !== "digests"), []);
    })
  ));

Deno.test("a cache that cannot be written costs a hint", () =>
  inScratch((directory) =>
    withCheckpoint(FILES[0], async (checkpoint) => {
      Deno.writeTextFileSync(`${directory}/quantized`, "a file where the directory should be");
      const hints: string[] = [];
      const options = { directory, onHint: (sentence: string) => hints.push(sentence) };
      assert.deepEqual(await loadAll(checkpoint, options), await oneByOne(checkpoint));
      assert.match(hints.join("\n"), /Quantized weights are not kept for the next load: /);
    })
  ));

for (
  const [what, worker] of [
    [
      "are not allowed",
      class {
        constructor() {
          throw new Error("no workers");
        }
      },
    ],
    [
      "fail before they answer",
      class extends EventTarget {
        onerror: ((event: Event) => void) | null = null;
        postMessage() {
          setTimeout(() => this.onerror?.(new ErrorEvent("error", { cancelable: true })), 0);
        }
        terminate() {}
      },
    ],
  ] as [string, unknown][]
) {
  Deno.test(`where threads ${what}, matrices are quantized here`, () =>
    withCheckpoint(FILES[0], async (checkpoint) => {
      const { Worker } = globalThis;
      try {
        globalThis.Worker = worker as typeof Worker;
        assert.deepEqual(await loadAll(checkpoint, { directory: null }), await oneByOne(checkpoint));
      } finally {
        globalThis.Worker = Worker;
      }
    }));
}

Deno.test("prunable() takes what was not used, what no version reads and what killed processes left, and nothing else", () => {
  const now = new Date("2026-01-31");
  const day = (d: number) => new Date(`2026-01-${d}`);
  const file = (path: string, kind: Parameters<typeof prunable>[0][number]["kind"], used: Date, usable = true) => (
    { path, kind, bytes: 1, used, source: null, usable }
  );
  const files = [
    file("old", "quantized", day(10)),
    file("new", "quantized", day(30)),
    file("other version", "quantized", day(30), false),
    file("digest", "digests", day(10)),
    file("being written", "partial", new Date(now.getTime() - 1000)),
    file("left", "partial", day(29)),
    file("tuning", "tuning", day(10)),
    file("embedded", "embedded", day(10)),
  ];
  const names = prunable(files, day(20), now).map(({ path }) => path);
  assert.deepEqual(names, ["old", "other version", "digest", "left"]);
});
