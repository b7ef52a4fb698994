import assert from "node:assert/strict";
import { OPS } from "../../../src/ops/op_table.ts";
import { assertClose } from "../../support/closeness.ts";
import {
  alone,
  type AttentionOp,
  attributesOf,
  f32,
  fourToTwo,
  type Heads,
  launch,
  OP_NAMES,
  reference,
  type Sample,
  sampleOf,
  sevenToOne,
  threeToOne,
  TOLERANCE,
  twoToOne,
  typesOf,
  wide,
  withGpu,
} from "./attention_sample.ts";

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
