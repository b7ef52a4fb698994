import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import type { QueryAttributes } from "../../src/ops/attention.ts";
import { elements, type ValueType } from "../../src/ops/op.ts";
import { wholeBuffer } from "../../src/ops/product.ts";
import { OPS } from "../../src/ops/table.ts";
import { assertClose } from "../support/closeness.ts";
import { randomValues } from "../support/random.ts";
import { runDispatches, upload } from "./product_sample.ts";

const OP_NAMES = ["attention", "attentionBackward", "attentionTangent"] as const;
type AttentionOp = typeof OP_NAMES[number];

/** Attributes, B sequences of S positions, and the data of every input that an op of the family may take. */
interface Sample {
  readonly attributes: QueryAttributes;
  readonly B: number;
  readonly S: number;
  readonly values: Readonly<Record<AttentionOp, readonly Float32Array<ArrayBuffer>[]>>;
}

/** Types of the ops' inputs and outputs. */
function typesOf({ attributes, B, S }: Omit<Sample, "values">) {
  const { heads, kvHeads, headSize, firstQuery } = attributes;
  const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
  const row = f32(B, S, (heads + 2 * kvHeads) * headSize);
  const [out, lse] = [f32(B, S - firstQuery, heads * headSize), f32(B, S - firstQuery, heads)];
  return {
    attention: { inputs: [row], outputs: [out, lse] },
    attentionBackward: { inputs: [row, out, lse, out], outputs: [row] },
    attentionTangent: { inputs: [row, out, lse, row], outputs: [out] },
  };
}

function reference(sizes: Omit<Sample, "values">, op: AttentionOp, inputs: readonly Float32Array[]) {
  const { inputs: inputTypes, outputs: outputTypes } = typesOf(sizes)[op];
  return OPS[op].reference({
    attributes: sizes.attributes,
    inputs: inputs.map((values) => Float64Array.from(values)),
    inputTypes,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Random queries, keys, values and directions; o and lse are what attention makes of them. */
function sampleOf(attributes: QueryAttributes, B: number, S: number): Sample {
  const [row, out] = typesOf({ attributes, B, S }).attentionBackward.inputs.map(elements);
  const qkv = randomValues(row, 1);
  const [o, lse] = reference({ attributes, B, S }, "attention", [qkv]).map((values) => Float32Array.from(values));
  const values = {
    attention: [qkv],
    attentionBackward: [qkv, o, lse, randomValues(out, 2)],
    attentionTangent: [qkv, o, lse, randomValues(row, 3)],
  };
  return { attributes, B, S, values };
}

/** The sample's sequence `b` by itself. */
function alone({ attributes, B, S, values }: Sample, b: number): Sample {
  const one = (all: Float32Array<ArrayBuffer>) => all.slice(b * all.length / B, (b + 1) * all.length / B);
  const picked = Object.fromEntries(OP_NAMES.map((op) => [op, values[op].map(one)])) as unknown as Sample["values"];
  return { attributes, B: 1, S, values: picked };
}

type Runner = (sample: Sample, op: AttentionOp, subgroups: boolean) => Promise<Float32Array[]>;

/** Hands a runner of the ops' launches to `body`. */
async function withGpu(body: (run: Runner, variants: readonly boolean[]) => Promise<void>): Promise<void> {
  const gpu = await openGpu();
  const pipelines = createPipelineCache(gpu);
  try {
    await body(async ({ attributes, B, S, values }, op, subgroups) => {
      const allocator = createAllocator(gpu);
      const { inputs: inputTypes, outputs: outputTypes } = typesOf({ attributes, B, S })[op];
      const empty = (size: number) => wholeBuffer(allocator.create("empty", size * 4, STORAGE));
      const outputs = outputTypes.map((type) => empty(elements(type)));
      const dispatches = OPS[op].kernels({
        attributes,
        inputs: values[op].map((data) => wholeBuffer(upload(gpu, allocator, data))),
        inputTypes,
        outputs,
        outputTypes,
        scratch: (OPS[op].scratch?.(attributes, inputTypes) ?? []).map(empty),
        subgroups,
        weight: () => assert.fail("attention has no weights"),
      });
      const results: Float32Array[] = [];
      for (const [i, type] of outputTypes.entries()) {
        results.push(await runDispatches(gpu, pipelines, allocator, dispatches, outputs[i].buffer, elements(type)));
      }
      allocator.freeAll();
      return results;
    }, gpu.features.subgroups ? [false, true] : [false]);
  } finally {
    gpu.close();
  }
}

// f32 sums of as many terms as there are positions, each of size 1, and softmax weights that sum to 1.
const TOLERANCE = { absolute: 1e-6, relative: 1e-5 };

const sevenToOne = { heads: 7, kvHeads: 1, headSize: 64, firstQuery: 0 };
const threeToOne = { heads: 3, kvHeads: 1, headSize: 6, firstQuery: 0 };
const twoToOne = { heads: 2, kvHeads: 1, headSize: 10, firstQuery: 0 };
const fourToTwo = { heads: 4, kvHeads: 2, headSize: 36, firstQuery: 0 };
const wide = { heads: 2, kvHeads: 1, headSize: 128, firstQuery: 0 };

const SIZES: readonly (readonly [QueryAttributes, B: number, S: number])[] = [
  [sevenToOne, 2, 1],
  [sevenToOne, 1, 65],
  [threeToOne, 3, 63],
  [threeToOne, 1, 257],
  [twoToOne, 2, 64],
  [twoToOne, 1, 1500],
  [fourToTwo, 2, 33],
  [wide, 1, 40],
  // Queries that start in the middle of a tile, at its edges, in a later one, and with the last row alone.
  [{ ...sevenToOne, firstQuery: 18 }, 2, 31],
  [{ ...threeToOne, firstQuery: 31 }, 3, 63],
  [{ ...threeToOne, firstQuery: 32 }, 3, 63],
  [{ ...twoToOne, firstQuery: 77 }, 2, 131],
  [{ ...fourToTwo, firstQuery: 69 }, 2, 70],
  [{ ...wide, firstQuery: 45 }, 2, 66],
  // So many heads to one that a thread's loops would pass the 65,535 iterations after which Mesa's driver ends them.
  [{ heads: 480, kvHeads: 1, headSize: 128, firstQuery: 0 }, 1, 33],
];

for (const [attributes, B, S] of SIZES) {
  const { heads, kvHeads, headSize, firstQuery } = attributes;
  for (const op of OP_NAMES) {
    const size = `${B} × ${S} positions, ${heads} heads of ${headSize} to ${kvHeads}, queries from ${firstQuery}`;
    Deno.test(`kernels of ${op} match the f64 reference: ${size}`, () =>
      withGpu(async (run, variants) => {
        const sample = sampleOf(attributes, B, S);
        const expected = reference(sample, op, sample.values[op]);
        for (const subgroups of variants) {
          const actual = await run(sample, op, subgroups);
          expected.forEach((values, i) =>
            assertClose(actual[i], values, TOLERANCE, `output ${i}, subgroups ${subgroups}`)
          );
        }
      }));
  }
}

for (const op of OP_NAMES) {
  Deno.test(`${op} of a sequence has the same bits alone and among others`, () =>
    withGpu(async (run, variants) => {
      const sample = sampleOf(threeToOne, 3, 70);
      for (const subgroups of variants) {
        const together = await run(sample, op, subgroups);
        for (let b = 0; b < sample.B; b++) {
          const single = await run(alone(sample, b), op, subgroups);
          single.forEach((values, i) => {
            const part = together[i].subarray(b * values.length, (b + 1) * values.length);
            assert.deepEqual(values, part, `sequence ${b}, output ${i}, subgroups ${subgroups}`);
          });
        }
      }
    }));
}

Deno.test("attention of the last queries has the bits of attention of all", () =>
  withGpu(async (run, variants) => {
    const sample = sampleOf(fourToTwo, 2, 71);
    const late = { ...sample, attributes: { ...fourToTwo, firstQuery: 39 } };
    for (const subgroups of variants) {
      const all = await run(sample, "attention", subgroups);
      const some = await run(late, "attention", subgroups);
      some.forEach((values, i) => {
        const width = all[i].length / (2 * 71);
        const kept = all[i].filter((_, at) => Math.floor(at / width) % 71 >= 39);
        assert.deepEqual(values, kept, `output ${i}, subgroups ${subgroups}`);
      });
    }
  }));

Deno.test("attention stands scores beyond the range of exp", () =>
  withGpu(async (run, variants) => {
    const sample = sampleOf(threeToOne, 1, 70);
    const large = { ...sample.values, attention: [sample.values.attention[0].map((value) => 30 * value)] };
    const [o, lse] = reference(sample, "attention", large.attention);
    assert.ok(lse.some((value) => value > 500), "the scores must be large");
    for (const subgroups of variants) {
      const actual = await run({ ...sample, values: large }, "attention", subgroups);
      // exp turns the scores' rounding, 1e3 · 2⁻²⁴, into a relative error of the probabilities.
      assertClose(actual[0], o, { absolute: 0, relative: 1e-3 }, "o");
      assertClose(actual[1], lse, { absolute: 0, relative: 1e-6 }, "lse");
    }
  }));
