import assert from "node:assert/strict";
import { dequantizeGgml, GGML_TYPES } from "../../src/quant/ggml.ts";
import { f16ToF32 } from "../../src/quant/half.ts";
import { alongRows, dequantizeInt4Blocks, int4Block, splitGgmlInt4 } from "../../src/quant/int4.ts";
import { dequantizeInt4, type Int4Groups, type Int4Layout } from "../../src/quant/int4_groups.ts";

/** Equal as numbers: a scale and an offset lose the sign of zero. */
function assertSameValues(actual: Float32Array, expected: Float32Array): void {
  assert.equal(actual.length, expected.length);
  const at = expected.findIndex((value, i) => value !== actual[i]);
  assert.equal(at, -1, `[${at}] must be ${expected[at]}: got ${actual[at]}`);
}

for (const name of ["Q4_0", "Q4_1"] as const) {
  Deno.test(`splitGgmlInt4() keeps the values of ${name}'s blocks exactly`, () => {
    const shape = [6, 96] as const;
    const type = [...GGML_TYPES.values()].find((one) => one.name === name)!;
    const blocks = new Uint8Array(shape[0] * shape[1] / type.elements * type.bytes);
    const view = new DataView(blocks.buffer);
    // Scales and offsets of either sign, subnormal and large among them; all codes.
    const halves = [0x2e66, 0x8001, 0x6bff, 0x0000, 0xb3c1, 0xabcd, 0x03ff];
    for (let block = 0; block < blocks.length / type.bytes; block++) {
      const byte = block * type.bytes;
      for (let i = 0; i < type.bytes; i++) blocks[byte + i] = (block * type.bytes + i) * 167 % 256;
      view.setUint16(byte, halves[block % 7], true);
      if (name === "Q4_1") view.setUint16(byte + 2, halves[block % 5], true);
    }
    const tensor = splitGgmlInt4(name, blocks, shape);
    assert.deepEqual(tensor.shape, shape);
    assertSameValues(dequantizeInt4Blocks(tensor), dequantizeGgml(type, blocks));
  });
}

function groups(layout: Int4Layout, size: number): Int4Groups {
  const [outputs, inputs] = [24, 256];
  let state = 7;
  const word = () => state = Math.imul(state, 1664525) + 1013904223 >>> 0;
  const words = (count: number) => Uint32Array.from({ length: count }, word);
  const count = inputs / size;
  return {
    layout,
    shape: [outputs, inputs],
    codes: words(outputs * inputs / 8),
    zeros: words(count * outputs / 8),
    zeroOffset: layout === "gptq" ? 1 : 0,
    scales: f16ToF32(Uint16Array.from({ length: count * outputs }, () => 0x1000 + word() % 0x2000)),
    groups: Int32Array.from({ length: inputs }, (_, i) => Math.floor(i / size)),
  };
}

for (const layout of ["gptq", "awq"] as const) {
  for (const size of [32, 64, 128, 256]) {
    Deno.test(`alongRows() keeps the values of ${layout} in groups of ${size} exactly`, () => {
      const tensor = groups(layout, size);
      const block = int4Block(size)!;
      assert.equal(block, size === 32 ? 32 : 64);
      assertSameValues(dequantizeInt4Blocks(alongRows(tensor, block)), dequantizeInt4(tensor));
    });
  }
}

Deno.test("int4Block() is null for groups of no whole blocks", () => {
  assert.deepEqual([16, 48, 96].map(int4Block), [null, null, 32]);
});
