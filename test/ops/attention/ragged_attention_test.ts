import assert from "node:assert/strict";
import type { ValueType } from "../../../src/ops/op.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import { attentionReference, f32, launch, threeToOne, TOLERANCE, withGpu } from "./attention_sample.ts";

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

// At the first key, within the first tile, at a tile's end, in the last tile, and at the last key, which only it would
// see.
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
