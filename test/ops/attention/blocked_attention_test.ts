import assert from "node:assert/strict";
import { assertClose } from "../../support/closeness.ts";
import {
  alone,
  type AttentionOp,
  attributesOf,
  f32,
  type Heads,
  launch,
  OP_NAMES,
  reference,
  type Sample,
  sampleOf,
  typesOf,
  withGpu,
} from "./attention_sample.ts";
import { titleOf } from "./attention_sizes.ts";

const twoToOne = { heads: 2, kvHeads: 1, headSize: 64, firstQuery: 0 };
const wide = { heads: 1, kvHeads: 1, headSize: 128, firstQuery: 0 };

/** Lengths from which on software goes by blocks of 256 queries: at the edges of blocks, chunks and tiles, and off. */
const SIZES: readonly (readonly [Heads, B: number, S: number])[] = [
  [{ ...twoToOne, kvHeads: 2 }, 1, 768],
  [twoToOne, 1, 1100],
  [wide, 1, 1030],
  [{ ...wide, headSize: 256 }, 1, 770],
  // Queries that start within a block, a chunk and a tile, behind shared rows.
  [{ ...twoToOne, firstQuery: 523, shared: 470 }, 2, 801],
  [{ ...wide, firstQuery: 333, shared: 333 }, 2, 800],
  // Windows within a tile of keys, over chunks of them, and over blocks.
  [{ ...twoToOne, window: 20 }, 1, 900],
  [{ ...twoToOne, window: 300, shared: 100, firstQuery: 290 }, 2, 1100],
  [{ ...wide, window: 700, scale: 0.2, softCap: 1 }, 1, 1029],
];

// f32 sums of as many terms as there are positions, each of size 1.
const TOLERANCE = { absolute: 1e-5, relative: 2e-5 };

/** Runs `body` with the launches of an op in software with subgroups, if the adapter has these. */
function inSoftware(
  body: (run: (sample: Sample, op: AttentionOp) => Promise<Float32Array[]>, ...more: Gpu) => Promise<void>,
): Promise<void> {
  return withGpu(async (_run, variants, gpu, pipelines) => {
    if (!variants.includes(true)) return;
    const run = (sample: Sample, op: AttentionOp) =>
      launch(gpu, pipelines, op, attributesOf(sample), typesOf(sample)[op], sample.values[op], true, true);
    await body(run, gpu, pipelines);
  });
}

type Gpu = [gpu: Parameters<typeof launch>[0], pipelines: Parameters<typeof launch>[1]];

for (const [heads, B, S] of SIZES) {
  Deno.test(`attention by blocks matches the f64 reference: ${titleOf(heads, B, S)}`, () =>
    inSoftware(async (run) => {
      const sample = sampleOf(heads, B, S);
      for (const op of OP_NAMES) {
        const actual = await run(sample, op);
        reference(sample, op, sample.values[op]).forEach((values, i) =>
          assertClose(actual[i], values, TOLERANCE, `${op}, output ${i}`)
        );
      }
    }));
}

for (const shared of [0, 270]) {
  Deno.test(`attention by blocks of a sequence has the same bits alone and among others that share ${shared} rows`, () =>
    inSoftware(async (run) => {
      const sample = sampleOf({ ...twoToOne, firstQuery: shared, shared }, 2, 790);
      // The tangent of shared rows is zero, as that of a sequence's own rows would not be.
      sample.values.attentionTangent[3].fill(0, 0, shared * 256);
      for (const op of OP_NAMES) {
        const together = await run(sample, op);
        for (let b = 0; b < sample.B; b++) {
          const single = await run(alone(sample, b), op);
          single.forEach((values, i) => {
            const front = op === "attentionBackward" ? shared * 256 : 0;
            const size = values.length - front;
            const part = together[i].subarray(front + b * size, front + (b + 1) * size);
            assert.deepEqual(values.subarray(front), part, `${op} of sequence ${b}, output ${i}`);
          });
        }
      }
    }));
}

Deno.test("attention by blocks of the last queries has the bits of attention of all", () =>
  inSoftware(async (run) => {
    const sample = sampleOf(twoToOne, 1, 830);
    const all = await run(sample, "attention");
    const some = await run({ ...sample, heads: { ...twoToOne, firstQuery: 531 } }, "attention");
    some.forEach((values, i) => assert.deepEqual(values, all[i].subarray(all[i].length / 830 * 531)));
  }));

Deno.test("attentionBackward by blocks of the first queries has the bits of zeros for the others", () =>
  inSoftware(async (run, gpu, pipelines) => {
    const [S, n] = [830, 600];
    const sample = sampleOf(twoToOne, 1, S);
    const [qkv, o, lse, all] = sample.values.attentionBackward;
    const [whole] = await run(
      { ...sample, values: { ...sample.values, attentionBackward: [qkv, o, lse, all.slice().fill(0, n * 128)] } },
      "attentionBackward",
    );
    const { attentionBackward: types } = typesOf(sample);
    const short = { inputs: [...types.inputs.slice(0, 3), f32(1, n, 128)], outputs: [f32(1, n, 256)] };
    const values = [qkv, o, lse, all.slice(0, n * 128)];
    const [part] = await launch(
      ...[gpu, pipelines, "attentionBackward", attributesOf(sample), short, values, true, true] as const,
    );
    assert.deepEqual(part, whole.subarray(0, n * 256));
  }));

Deno.test("attention by blocks over a window that holds all positions has the bits of none", () =>
  inSoftware(async (run) => {
    const sample = sampleOf(twoToOne, 1, 800);
    for (const op of OP_NAMES) {
      const windowed = await run({ ...sample, heads: { ...twoToOne, window: 800 } }, op);
      assert.deepEqual(windowed, await run(sample, op), op);
    }
  }));

Deno.test("attention by blocks stands scores beyond the range of exp", () =>
  inSoftware(async (run) => {
    const sample = sampleOf(wide, 1, 780);
    const large = { ...sample.values, attention: [sample.values.attention[0].map((value) => 20 * value)] };
    const [o, lse] = reference(sample, "attention", large.attention);
    assert.ok(lse.some((value) => value > 500), "the scores must be large");
    const actual = await run({ ...sample, values: large }, "attention");
    // exp turns the scores' rounding, 1e3 · 2⁻²⁴, into a relative error of the probabilities.
    assertClose(actual[0], o, { absolute: 1e-3, relative: 1e-3 }, "o");
    assertClose(actual[1], lse, { absolute: 0, relative: 1e-6 }, "lse");
  }));
