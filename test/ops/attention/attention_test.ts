import assert from "node:assert/strict";
import { OPS } from "../../../src/ops/op_table.ts";
import { assertClose } from "../../support/closeness.ts";
import {
  alone,
  type AttentionOp,
  attributesOf,
  f32,
  fourToTwo,
  launch,
  OP_NAMES,
  reference,
  type Sample,
  sampleOf,
  threeToOne,
  TOLERANCE,
  twoToOne,
  typesOf,
  withGpu,
} from "./attention_sample.ts";
import { ATTENTION_SIZES, titleOf } from "./attention_sizes.ts";

for (const [attributes, B, S] of ATTENTION_SIZES) {
  for (const op of OP_NAMES) {
    Deno.test(`kernels of ${op} match the f64 reference: ${titleOf(attributes, B, S)}`, () =>
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
for (
  const [S, ROWS, heads] of [
    [200, 16, { ...threeToOne, firstQuery: 45, shared: 37 }],
    [200, 16, { ...fourToTwo, window: 64, scale: 0.9, softCap: 1.25 }],
    [770, 32, { ...twoToOne, firstQuery: 45, shared: 37 }],
    [770, 32, { ...twoToOne, window: 33 }],
  ] as const
) {
  Deno.test(`attention has the same bits by ${ROWS} rows a thread as by fewer: ${titleOf(heads, 2, S)}`, () =>
    withGpu(async (_run, variants, gpu, pipelines) => {
      if (!variants.includes(true)) return;
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
