import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache, type PipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import type { AttentionAttributes, QueryAttributes } from "../../../src/ops/attention/attention_layout.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { runDispatches, upload } from "../../../src/ops/product/product_sample.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";

const OP_NAMES = ["attention", "attentionBackward", "attentionTangent"] as const;
type AttentionOp = typeof OP_NAMES[number];

/** An attention of which only the queries from position `firstQuery` on are asked for. */
interface Heads extends AttentionAttributes {
  readonly firstQuery: number;
  /** P: positions whose rows all sequences share. Default 0. */
  readonly shared?: number;
}

/** B sequences of S positions, and the data of every input that an op of the family may take. */
interface Sample {
  readonly heads: Heads;
  readonly B: number;
  readonly S: number;
  readonly values: Readonly<Record<AttentionOp, readonly Float32Array<ArrayBuffer>[]>>;
}

function attributesOf({ heads: { firstQuery, shared = 0, ...heads }, B, S }: Omit<Sample, "values">): QueryAttributes {
  return { ...heads, sequences: B, shared, queries: S - firstQuery };
}

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });

/** Types of the ops' inputs and outputs. */
function typesOf({ heads: { heads, kvHeads, headSize, firstQuery, shared = 0 }, B, S }: Omit<Sample, "values">) {
  const row = f32(shared + B * (S - shared), (heads + 2 * kvHeads) * headSize);
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
    attributes: attributesOf(sizes),
    inputs: inputs.map((values) => Float64Array.from(values)),
    inputTypes,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Random queries, keys, values and directions; o and lse are what attention makes of them. */
function sampleOf(heads: Heads, B: number, S: number): Sample {
  const [row, out] = typesOf({ heads, B, S }).attentionBackward.inputs.map(elements);
  const qkv = randomValues(row, 1);
  const [o, lse] = reference({ heads, B, S }, "attention", [qkv]).map((values) => Float32Array.from(values));
  const values = {
    attention: [qkv],
    attentionBackward: [qkv, o, lse, randomValues(out, 2)],
    attentionTangent: [qkv, o, lse, randomValues(row, 3)],
  };
  return { heads, B, S, values };
}

/** The sample's sequence `b` by itself, with the rows that it shares as its own. */
function alone({ heads: { shared = 0, ...heads }, B, S, values }: Sample, b: number): Sample {
  const { attentionBackward: types } = typesOf({ heads: { ...heads, shared }, B, S });
  const one = (all: Float32Array<ArrayBuffer>, type: ValueType) => {
    const width = type.shape[type.shape.length - 1];
    const front = type.shape.length === 2 ? shared * width : 0;
    const size = (all.length - front) / B;
    const part = new Float32Array(front + size);
    part.set(all.subarray(0, front));
    part.set(all.subarray(front + b * size, front + (b + 1) * size), front);
    return part;
  };
  const [row] = types.inputs;
  const inputs = {
    attention: [row],
    attentionBackward: types.inputs,
    attentionTangent: [...types.inputs.slice(0, 3), row],
  };
  const picked = Object.fromEntries(OP_NAMES.map((op) => [op, values[op].map((all, i) => one(all, inputs[op][i]))]));
  return { heads, B: 1, S, values: picked as unknown as Sample["values"] };
}

type Runner = (sample: Sample, op: AttentionOp, subgroups: boolean) => Promise<Float32Array[]>;

/** What attention's f64 reference makes of queries, keys and values and their layout. */
function attentionReference(
  attributes: QueryAttributes,
  { inputs: inputTypes, outputs: outputTypes }: { readonly inputs: ValueType[]; readonly outputs: ValueType[] },
  values: readonly (Float32Array | Uint32Array)[],
): Float64Array[] {
  return OPS.attention.reference({
    attributes,
    inputs: values.map((data) => Float64Array.from(data)),
    inputTypes,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Launches an op on the GPU and brings its outputs back. */
async function launch(
  gpu: Gpu,
  pipelines: PipelineCache,
  op: AttentionOp,
  attributes: QueryAttributes,
  { inputs: inputTypes, outputs: outputTypes }: { readonly inputs: ValueType[]; readonly outputs: ValueType[] },
  values: readonly (Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[],
  subgroups: boolean,
  software = false,
): Promise<Float32Array[]> {
  const allocator = createAllocator(gpu);
  const empty = (size: number) => wholeBuffer(allocator.create("empty", size * 4, STORAGE));
  const outputs = outputTypes.map((type) => empty(elements(type)));
  const dispatches = OPS[op].kernels({
    attributes,
    inputs: values.map((data) => wholeBuffer(upload(gpu, allocator, data))),
    inputTypes,
    outputs,
    outputTypes,
    scratch: (OPS[op].scratch?.(attributes, inputTypes) ?? []).map(empty),
    subgroups,
    software,
    weight: () => assert.fail("attention has no weights"),
  });
  const results: Float32Array[] = [];
  for (const [i, type] of outputTypes.entries()) {
    results.push(await runDispatches(gpu, pipelines, allocator, dispatches, outputs[i].buffer, elements(type)));
  }
  allocator.freeAll();
  return results;
}

/** Hands a runner of the ops' launches to `body`. */
async function withGpu(
  body: (run: Runner, variants: readonly boolean[], gpu: Gpu, pipelines: PipelineCache) => Promise<void>,
): Promise<void> {
  const gpu = await openGpu();
  const pipelines = createPipelineCache(gpu);
  try {
    await body(
      async (sample, op, subgroups) => {
        const types = typesOf(sample)[op];
        return await launch(gpu, pipelines, op, attributesOf(sample), types, sample.values[op], subgroups);
      },
      gpu.features.subgroups ? [false, true] : [false],
      gpu,
      pipelines,
    );
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

const SIZES: readonly (readonly [Heads, B: number, S: number])[] = [
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
  // Shared rows within a tile, whole tiles of them, up to the first query, and all but one row.
  [{ ...sevenToOne, shared: 3, firstQuery: 3 }, 2, 31],
  [{ ...threeToOne, shared: 45, firstQuery: 45 }, 3, 70],
  [{ ...threeToOne, shared: 64, firstQuery: 66 }, 3, 71],
  [{ ...twoToOne, shared: 33, firstQuery: 77 }, 2, 131],
  [{ ...fourToTwo, shared: 69, firstQuery: 69 }, 2, 70],
  [{ ...wide, shared: 17, firstQuery: 45 }, 3, 66],
  // Windows within a tile, of whole tiles, over edges of tiles, of one position; and other scores.
  [{ ...sevenToOne, window: 5 }, 2, 65],
  [{ ...threeToOne, window: 32 }, 1, 257],
  [{ ...twoToOne, window: 33, scale: 0.2, softCap: 0.5 }, 2, 131],
  [{ ...fourToTwo, window: 64, softCap: 3 }, 1, 200],
  [{ ...threeToOne, window: 1 }, 2, 40],
  [{ ...wide, scale: 0.05, softCap: 2 }, 1, 40],
  // The same where rows are shared and queries start late.
  [{ ...threeToOne, window: 20, shared: 45, firstQuery: 61 }, 3, 100],
  [{ ...fourToTwo, window: 40, shared: 64, firstQuery: 64, softCap: 1 }, 2, 131],
  // So many heads to one that a thread's loops would pass the 65,535 iterations after which Mesa's driver ends them.
  [{ heads: 480, kvHeads: 1, headSize: 128, firstQuery: 0 }, 1, 33],
];

for (const [attributes, B, S] of SIZES) {
  const { heads, kvHeads, headSize, firstQuery, shared = 0, window, scale, softCap } = attributes;
  for (const op of OP_NAMES) {
    const size = `${B} × ${S} positions, ${heads} heads of ${headSize} to ${kvHeads}, queries from ${firstQuery}` +
      (shared > 0 ? `, ${shared} shared` : "") + (window === undefined ? "" : `, window ${window}`) +
      (scale === undefined ? "" : `, scale ${scale}`) + (softCap === undefined ? "" : `, soft-cap ${softCap}`);
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

/** Rows of a sequence's own in what an op gives: all rows of o, those behind the shared ones of dqkv. */
function ownRows(values: Float32Array, { heads: { shared = 0 }, B, S }: Sample, b: number, op: AttentionOp) {
  const front = op === "attentionBackward" ? shared * values.length / (shared + B * (S - shared)) : 0;
  const size = (values.length - front) / B;
  return values.subarray(front + b * size, front + (b + 1) * size);
}

for (const shared of [0, 21]) {
  for (const op of OP_NAMES) {
    Deno.test(`${op} of a sequence has the same bits alone and among others that share ${shared} rows`, () =>
      withGpu(async (run, variants) => {
        // The tangent of shared rows is zero, as that of a sequence's own rows would not be.
        const sample = sampleOf({ ...threeToOne, firstQuery: shared, shared }, 3, 70);
        const [tangent] = sample.values.attentionTangent.slice(3);
        tangent.fill(0, 0, shared * 30);
        for (const subgroups of variants) {
          const together = await run(sample, op, subgroups);
          for (let b = 0; b < sample.B; b++) {
            const one = alone(sample, b);
            const single = await run(one, op, subgroups);
            single.forEach((values, i) => {
              const rows = op === "attentionBackward" ? values.subarray(shared * 30) : values;
              const part = ownRows(together[i], sample, b, op);
              assert.deepEqual(rows, part, `sequence ${b}, output ${i}, subgroups ${subgroups}`);
            });
          }
        }
      }));
  }
}

// More rows a thread, which long sequences get in software.
for (const [S, ROWS] of [[200, 16], [770, 32]]) {
  Deno.test(`attention of ${S} positions has the same bits by ${ROWS} rows a thread as by 8`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      if (!variants.includes(true)) return;
      for (
        const heads of [{ ...threeToOne, firstQuery: 45, shared: 37 }, {
          ...threeToOne,
          firstQuery: 0,
          softCap: 2,
          window: 50,
        }]
      ) {
        const sample = sampleOf(heads, 2, S);
        const [attributes, types] = [attributesOf(sample), typesOf(sample)];
        for (const op of OP_NAMES) {
          const run = (software: boolean) =>
            launch(gpu, pipelines, op, attributes, types[op], sample.values[op], true, software);
          const [few, many] = [await run(false), await run(true)];
          assert.deepEqual(many, few, op);
          reference(sample, op, sample.values[op]).forEach((exact, i) =>
            assertClose(many[i], exact, { absolute: 1e-5, relative: 2e-5 }, `${op}, output ${i}`)
          );
        }
      }
    }));
}

Deno.test("attentionBackward gives shared rows no gradient", () =>
  withGpu(async (run, variants) => {
    const sample = sampleOf({ ...threeToOne, firstQuery: 40, shared: 37 }, 2, 70);
    for (const subgroups of variants) {
      const [gradient] = await run(sample, "attentionBackward", subgroups);
      assert.ok(gradient.subarray(0, 37 * 30).every((value) => value === 0));
    }
  }));

for (const shared of [0, 21]) {
  Deno.test(`attentionBackward of the first queries has the bits of zeros for the others, ${shared} rows shared`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      const sample = sampleOf({ ...threeToOne, firstQuery: 25, shared }, 3, 70);
      const [B, N, n] = [3, 45, 9];
      const own = 70 - shared - N + n;
      const [qkv, o, lse, all] = sample.values.attentionBackward;
      const padded = all.map((value, i) => Math.floor(i / 18) % N < n ? value : 0);
      const cut = padded.filter((_, i) => Math.floor(i / 18) % N < n);
      const { attentionBackward: types } = typesOf(sample);
      const short = { inputs: [...types.inputs.slice(0, 3), f32(B, n, 18)], outputs: [f32(shared + B * own, 30)] };
      const exact = OPS.attentionBackward.reference({
        attributes: attributesOf(sample),
        inputs: [qkv, o, lse, cut].map((values) => Float64Array.from(values)),
        inputTypes: short.inputs,
        outputTypes: short.outputs,
        weight: () => assert.fail("attention has no weights"),
      })[0];
      const attributes = attributesOf(sample);
      for (const subgroups of variants) {
        const run = (given: typeof types, values: readonly Float32Array<ArrayBuffer>[]) =>
          launch(gpu, pipelines, "attentionBackward", attributes, given, values, subgroups);
        const [whole] = await run(types, [qkv, o, lse, padded]);
        const [part] = await run(short, [qkv, o, lse, cut]);
        const kept = whole.filter((_, i) => {
          const row = Math.floor(i / 30);
          return row < shared || (row - shared) % (70 - shared) < own;
        });
        assert.deepEqual(part, kept, `subgroups ${subgroups}`);
        assertClose(part, exact, TOLERANCE, `subgroups ${subgroups}`);
      }
    }));
}

for (const queries of [null, 4]) {
  Deno.test(`a ragged attention gives each sequence the bits that it has alone, queries ${queries ?? "all"}`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      const { firstQuery: _, ...heads } = threeToOne;
      const P = 41;
      // First rows that a sequence has in common with another, whose they are, and rows of its own.
      const sizes = [[0, 0, 70], [41, null, 4], [12, 0, 33], [41, 2, 5], [33, null, 9]] as const;
      const R = sizes.reduce((sum, [, , own]) => sum + own, 0);
      const qkv = randomValues((P + R) * 30, 5);
      const places: number[][] = [];
      let start = P;
      for (const [shared, other, own] of sizes) {
        const before = Array.from({ length: shared }, (_, i) => other === null ? i : places[other][i]);
        places.push([...before, ...Array.from({ length: own }, (_, i) => start + i)]);
        start += own;
      }
      const B = sizes.length;
      const layout = new Uint32Array(B * 73);
      sizes.forEach(([shared], b) => layout.set([shared, places[b].length, places[b].length, ...places[b]], b * 73));
      const attributes = { ...heads, sequences: B, shared: P, queries };
      const outputs = queries === null ? R : B * queries;
      const inputTypes: ValueType[] = [f32(P + R, 30), { shape: [B, 73], dtype: "u32" }];
      const types = { inputs: inputTypes, outputs: [f32(1, outputs, 18), f32(1, outputs, 3)] };
      const expected = attentionReference(attributes, types, [qkv, layout]);
      for (const subgroups of variants) {
        const together = await launch(gpu, pipelines, "attention", attributes, types, [qkv, layout], subgroups);
        expected.forEach((values, i) => assertClose(together[i], values, TOLERANCE, `output ${i}`));
        let from = 0;
        for (const [b, [shared, , own]] of sizes.entries()) {
          const rows = new Float32Array((shared + own) * 30);
          places[b].forEach((row, i) => rows.set(qkv.subarray(row * 30, (row + 1) * 30), i * 30));
          const count = queries ?? own;
          const one = { ...heads, sequences: 1, shared: 0, queries: count };
          const oneTypes = { inputs: [f32(1, shared + own, 30)], outputs: [f32(1, count, 18), f32(1, count, 3)] };
          const single = await launch(gpu, pipelines, "attention", one, oneTypes, [rows], subgroups);
          [18, 3].forEach((width, i) =>
            assert.deepEqual(together[i].subarray(from * width, (from + count) * width), single[i], `sequence ${b}`)
          );
          from += count;
        }
      }
    }));
}

// At the first key, within the first tile, at a tile's end, in the last tile, and at the last key, which only it would see.
for (const unseen of [0, 17, 31, 64, 69]) {
  Deno.test(`a ragged attention hides key ${unseen} from later queries alone`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      const { firstQuery: _, ...heads } = threeToOne;
      const S = 70;
      const qkv = randomValues(S * 30, 6);
      const attributes = { ...heads, sequences: 1, shared: 0, queries: null };
      const inputTypes: ValueType[] = [f32(S, 30), { shape: [1, S + 3], dtype: "u32" }];
      const types = { inputs: inputTypes, outputs: [f32(1, S, 18), f32(1, S, 3)] };
      const layoutOf = (hidden: number) => Uint32Array.from([0, S, hidden, ...Array.from({ length: S }, (_, i) => i)]);
      const referenceOf = (values: Float32Array, hidden: number) =>
        attentionReference(attributes, types, [values, layoutOf(hidden)]);
      const expected = referenceOf(qkv, unseen);
      // Its key and value are of no account to the others; the scores would be large.
      const other = qkv.map((value, i) => Math.floor(i / 30) === unseen && i % 30 >= 18 ? 50 * value : value);
      const changed = referenceOf(other, unseen);
      expected.forEach((values, i) => {
        const width = values.length / S;
        const rest = (all: Float64Array) => all.filter((_, at) => Math.floor(at / width) !== unseen);
        assert.deepEqual(rest(changed[i]), rest(values), `output ${i} of the reference`);
      });
      const whole = referenceOf(qkv, S);
      assert.deepEqual(expected[1].subarray(0, 3 * (unseen + 1)), whole[1].subarray(0, 3 * (unseen + 1)));
      for (const subgroups of variants) {
        const actual = await launch(gpu, pipelines, "attention", attributes, types, [qkv, layoutOf(unseen)], subgroups);
        expected.forEach((values, i) => assertClose(actual[i], values, TOLERANCE, `output ${i}, ${subgroups}`));
      }
    }));
}

for (const window of [undefined, 5, 40]) {
  Deno.test(`a ragged attention counts a window of ${window ?? "all"} from where tokens stand`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      const { firstQuery: _, ...heads } = threeToOne;
      // Of 100 places every third, and those from 40 to 69, are empty.
      const stands = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 !== 1 && (i < 40 || i > 69));
      const M = stands.length;
      const qkv = randomValues(M * 30, 6);
      const rows = Array.from({ length: M }, (_, i) => i);
      const layout = Uint32Array.from([0, M, 7, ...rows, ...stands]);
      const attributes = { ...heads, sequences: 1, shared: 0, queries: null, gapped: true, window };
      const inputTypes: ValueType[] = [f32(M, 30), { shape: [1, layout.length], dtype: "u32" }];
      const types = { inputs: inputTypes, outputs: [f32(1, M, 18), f32(1, M, 3)] };
      const expected = attentionReference(attributes, types, [qkv, layout]);
      // The token at place 72, behind the long gap, sees as many keys as stand within the window: its sum says so.
      const at = stands.indexOf(72);
      const sees = rows.filter((j) => j <= at && j !== 7 && 72 - stands[j] < (window ?? Infinity));
      const products = sees.map((j) => {
        const [q, k] = [at * 30, j * 30 + 18];
        return Math.exp(qkv.subarray(q, q + 6).reduce((sum, value, d) => sum + value * qkv[k + d], 0) / Math.sqrt(6));
      });
      assertClose([expected[1][3 * at]], [Math.log(products.reduce((a, b) => a + b))], TOLERANCE, "lse");
      for (const subgroups of variants) {
        const actual = await launch(gpu, pipelines, "attention", attributes, types, [qkv, layout], subgroups);
        expected.forEach((values, i) =>
          assertClose(actual[i], values, TOLERANCE, `output ${i}, subgroups ${subgroups}`)
        );
      }
    }));
}

Deno.test("attention of the last queries has the bits of attention of all", () =>
  withGpu(async (run, variants) => {
    const sample = sampleOf(fourToTwo, 2, 71);
    const late = { ...sample, heads: { ...fourToTwo, firstQuery: 39 } };
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

for (const op of OP_NAMES) {
  Deno.test(`${op} over a window that holds all positions has the bits of none`, () =>
    withGpu(async (run, variants) => {
      const sample = sampleOf({ ...threeToOne, firstQuery: 9 }, 2, 70);
      const windowed = { ...sample, heads: { ...sample.heads, window: 70 } };
      for (const subgroups of variants) {
        assert.deepEqual(await run(windowed, op, subgroups), await run(sample, op, subgroups));
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
