import assert from "node:assert/strict";
import { dequantizeGgml, GGML_TYPES } from "../../src/quant/ggml.ts";
import { dequantizeQ8_0, splitQ8_0 } from "../../src/quant/q8_0.ts";

Deno.test("splitQ8_0() keeps the values of ggml's blocks, bit for bit", () => {
  const shape = [6, 96] as const;
  const type = [...GGML_TYPES.values()].find(({ name }) => name === "Q8_0")!;
  const blocks = new Uint8Array(shape[0] * shape[1] / type.elements * type.bytes);
  const view = new DataView(blocks.buffer);
  for (let block = 0; block < blocks.length / type.bytes; block++) {
    const byte = block * type.bytes;
    // Scales of either sign, subnormal and largest among them; codes from −128 to 127.
    view.setUint16(byte, [0x2e66, 0x8001, 0x7bff, 0x0000, 0xb3c1][block % 5], true);
    for (let i = 0; i < 32; i++) view.setInt8(byte + 2 + i, (block * 32 + i) * 37 % 256 - 128);
  }
  const expected = dequantizeGgml(type, blocks);
  const tensor = splitQ8_0(blocks, shape);
  assert.deepEqual(tensor.shape, shape);
  assert.deepEqual(new Uint8Array(dequantizeQ8_0(tensor).buffer), new Uint8Array(expected.buffer));
});
