import assert from "node:assert/strict";
import { dequantizeGgml, GGML_TYPES } from "../../src/quant/ggml.ts";
import { bytesOf, readGolden, sha256Of } from "./golden.ts";

interface Blocks {
  readonly blocks: string;
  /** SHA-256 of the f32 values. */
  readonly values: string;
  /** First values of the last block. */
  readonly last: number[];
}

const golden = readGolden<Record<string, Blocks>>("ggml.json");
const typeOf = (name: string) => [...GGML_TYPES.values()].find((type) => type.name === name)!;

for (const [name, { blocks, values, last }] of Object.entries(golden)) {
  Deno.test(`dequantizeGgml() gives the gguf package's bits for ${name}`, async () => {
    const type = typeOf(name);
    const found = dequantizeGgml(type, bytesOf(blocks));
    assert.deepEqual([...found.slice(-type.elements).slice(0, 4)], last);
    assert.equal(await sha256Of(found), values);
  });
}

Deno.test("goldens cover every type that has to be computed", () => {
  const computed = [...GGML_TYPES.values()].filter(({ elements }) => elements > 1).map(({ name }) => name);
  assert.deepEqual(computed.sort(), Object.keys(golden).sort());
});

Deno.test("dequantizeGgml() reads F32, F16 and BF16 elements, also of a view within a buffer", () => {
  const bytes = Uint8Array.of(0, 0, 0, 0x80, 0xbf, 0x00, 0x3c, 0xc0, 0x7f);
  assert.deepEqual([...dequantizeGgml(typeOf("F32"), bytes.subarray(1, 5))], [-1]);
  assert.deepEqual([...dequantizeGgml(typeOf("F16"), bytes.subarray(5, 7))], [1]);
  assert.deepEqual([...dequantizeGgml(typeOf("BF16"), bytes.subarray(3, 5))], [-1]);
  assert.deepEqual([...dequantizeGgml(typeOf("BF16"), bytes.subarray(7, 9))], [NaN]);
});

Deno.test("dequantizeGgml() rejects part of a block", () => {
  assert.throws(() => dequantizeGgml(typeOf("Q8_0"), new Uint8Array(35)), {
    name: "TypeError",
    message: "Cannot read Q8_0 as its bytes must be a multiple of 34: got 35",
  });
});
