import assert from "node:assert/strict";
import { dequantizeInt4, type Int4Groups } from "../../src/quant/int4_groups.ts";
import { f16ToF32 } from "../../src/quant/half.ts";
import { bytesOf, f32Of, readGolden, sha256Of, u16Of } from "./golden.ts";

/** Values that test/golden/quant_int4.py packed, and those that the libraries' formula makes of them. */
interface Case {
  readonly kind: "gptq" | "gptq_v2" | "awq";
  readonly groupSize: number;
  readonly actOrder: boolean;
  readonly sym: boolean;
  readonly shape: [number, number];
  readonly qweight: string;
  readonly qzeros: string;
  readonly scales: string;
  readonly g_idx?: string;
  /** Of the f32 values [out, in]. */
  readonly sha256: string;
  /** First values of row 5. */
  readonly row5: string;
}

const { cases } = readGolden<{ cases: Case[] }>("int4.json");

function packed(one: Case): Int4Groups {
  const { kind, shape, groupSize } = one;
  const inOrder = Int32Array.from({ length: shape[1] }, (_, i) => groupSize === -1 ? 0 : Math.floor(i / groupSize));
  return {
    layout: kind === "awq" ? "awq" : "gptq",
    shape,
    codes: new Uint32Array(bytesOf(one.qweight).buffer),
    zeros: new Uint32Array(bytesOf(one.qzeros).buffer),
    zeroOffset: kind === "gptq" ? 1 : 0,
    scales: f16ToF32(u16Of(one.scales)),
    groups: one.g_idx === undefined ? inOrder : new Int32Array(bytesOf(one.g_idx).buffer),
  };
}

for (const one of cases) {
  const order = one.actOrder ? ", activation order" : "";
  Deno.test(`dequantizeInt4() gives the reference's bits for ${one.kind}, groups of ${one.groupSize}${order}`, async () => {
    const values = dequantizeInt4(packed(one));
    const columns = one.shape[1];
    assert.deepEqual(values.slice(5 * columns, 5 * columns + 16), f32Of(one.row5));
    assert.equal(await sha256Of(values), one.sha256);
    const rows = [7, 0, 7, 15];
    const expected = rows.flatMap((row) => [...values.slice(row * columns, (row + 1) * columns)]);
    assert.deepEqual([...dequantizeInt4(packed(one), rows)], expected);
  });
}

Deno.test("INT4 goldens cover both GPTQ formats and AWQ, every group size, activation order and symmetry", () => {
  for (const kind of ["gptq", "gptq_v2", "awq"]) {
    for (const size of [32, 64, 128, -1]) {
      assert.ok(cases.some((one) => one.kind === kind && one.groupSize === size), `${kind} ${size}`);
    }
  }
  assert.ok(cases.some(({ actOrder, sym }) => actOrder && sym));
  const permuted = cases.filter(({ actOrder, groupSize }) => actOrder && groupSize !== -1);
  for (const one of permuted) assert.notDeepEqual(packed(one).groups, packed(one).groups.slice().sort());
});
