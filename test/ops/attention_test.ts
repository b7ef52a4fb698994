import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import type { AttentionAttributes } from "../../src/ops/attention.ts";
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
  readonly attributes: AttentionAttributes;
  readonly B: number;
  readonly S: number;
  readonly values: Readonly<Record<AttentionOp, readonly Float32Array<ArrayBuffer>[]>>;
}

/** Widths of the inputs' and outputs' rows. */
function widths({ heads, kvHeads, headSize }: AttentionAttributes) {
  const [row, out] = [(heads + 2 * kvHeads) * headSize, heads * headSize];
  return {
    attention: { inputs: [row], outputs: [out, heads] },
    attentionBackward: { inputs: [row, out, heads, out], outputs: [row] },
    attentionTangent: { inputs: [row, out, heads, row], outputs: [out] },
  };
}

const typesOf = (B: number, S: number, columns: readonly number[]): ValueType[] =>
  columns.map((width) => ({ shape: [B, S, width], dtype: "f32" }));

function reference({ attributes, B, S }: Omit<Sample, "values">, op: AttentionOp, inputs: readonly Float32Array[]) {
  const { inputs: from, outputs: to } = widths(attributes)[op];
  return OPS[op].reference({
    attributes,
    inputs: inputs.map((values) => Float64Array.from(values)),
    inputTypes: typesOf(B, S, from),
    outputTypes: typesOf(B, S, to),
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Random queries, keys, values and directions; o and lse are what attention makes of them. */
function sampleOf(attributes: AttentionAttributes, B: number, S: number): Sample {
  const [row, out] = widths(attributes).attentionBackward.inputs;
  const qkv = randomValues(B * S * row, 1);
  const [o, lse] = reference({ attributes, B, S }, "attention", [qkv]).map((values) => Float32Array.from(values));
  const values = {
    attention: [qkv],
    attentionBackward: [qkv, o, lse, randomValues(B * S * out, 2)],
    attentionTangent: [qkv, o, lse, randomValues(B * S * row, 3)],
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
      const { inputs: from, outputs: to } = widths(attributes)[op];
      const [inputTypes, outputTypes] = [typesOf(B, S, from), typesOf(B, S, to)];
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

const sevenToOne = { heads: 7, kvHeads: 1, headSize: 64 };
const threeToOne = { heads: 3, kvHeads: 1, headSize: 6 };
const twoToOne = { heads: 2, kvHeads: 1, headSize: 10 };
const fourToTwo = { heads: 4, kvHeads: 2, headSize: 36 };
const wide = { heads: 2, kvHeads: 1, headSize: 128 };

const SIZES: readonly (readonly [AttentionAttributes, B: number, S: number])[] = [
  [sevenToOne, 2, 1],
  [sevenToOne, 1, 65],
  [threeToOne, 3, 63],
  [threeToOne, 1, 257],
  [twoToOne, 2, 64],
  [twoToOne, 1, 1500],
  [fourToTwo, 2, 33],
  [wide, 1, 40],
  // So many heads to one that a thread's loops would pass the 65,535 iterations after which Mesa's driver ends them.
  [{ heads: 480, kvHeads: 1, headSize: 128 }, 1, 33],
];

for (const [attributes, B, S] of SIZES) {
  const { heads, kvHeads, headSize } = attributes;
  for (const op of OP_NAMES) {
    const size = `${B} × ${S} positions, ${heads} heads of ${headSize} to ${kvHeads}`;
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
