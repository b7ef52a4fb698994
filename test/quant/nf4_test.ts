import assert from "node:assert/strict";
import { decodeFourBit } from "../../src/quant/four_bit.ts";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../src/quant/half.ts";
import { dequantizeNf4, NF4_BLOCK, NF4_CODE_BOOK, quantizeNf4 } from "../../src/quant/nf4.ts";
import { bitsOf, bytesOf, f32Of, readGolden, sha256Of, u16Of } from "./golden.ts";

interface Case {
  readonly name: string;
  readonly dtype: "f32" | "f16" | "bf16";
  readonly shape: [number, number];
  readonly input: string;
  readonly codes: string;
  readonly absmax: string;
  readonly dequantized: string;
  readonly dequantizedToDtype: string;
}

const { cases } = readGolden<{ cases: Case[] }>("nf4.json");

function inputOf({ dtype, input }: Case): Float32Array {
  if (dtype === "f32") return f32Of(input);
  return dtype === "f16" ? f16ToF32(u16Of(input)) : bf16ToF32(u16Of(input));
}

for (const golden of cases) {
  Deno.test(`quantizeNf4() gives bitsandbytes' bytes: ${golden.name}`, () => {
    const tensor = quantizeNf4(inputOf(golden), golden.shape);
    assert.deepEqual(tensor.codes, bytesOf(golden.codes));
    assert.deepEqual(bitsOf(tensor.absmax), bitsOf(f32Of(golden.absmax)));
    assert.deepEqual(tensor.shape, golden.shape);
  });

  Deno.test(`dequantizeNf4() gives bitsandbytes' values: ${golden.name}`, async () => {
    const { codes, absmax, shape, dtype } = golden;
    const values = dequantizeNf4({ kind: "nf4", shape, codes: bytesOf(codes), absmax: f32Of(absmax) });
    assert.deepEqual(bitsOf(values), bitsOf(f32Of(golden.dequantized)));
    const narrowed = dtype === "f32" ? values : dtype === "f16" ? f32ToF16(values) : f32ToBf16(values);
    assert.equal(await sha256Of(narrowed as Float32Array<ArrayBuffer>), golden.dequantizedToDtype);
  });
}

Deno.test("NF4 goldens cover zero, subnormal, partial, boundary and 16-bit inputs", () => {
  const names = cases.map(({ name }) => name).join("\n");
  for (const kind of ["zeros", "subnormals", "partial", "odd number", "decision boundaries"]) {
    assert.match(names, new RegExp(kind));
  }
  assert.deepEqual(new Set(cases.map(({ dtype }) => dtype)), new Set(["f32", "f16", "bf16"]));
});

Deno.test("quantizeNf4() inverts dequantizeNf4() for every code", () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => NF4_CODE_BOOK[i % 16] * 0.5);
  const { codes } = quantizeNf4(values, [2, 32]);
  const expected = Uint8Array.from({ length: 32 }, (_, i) => ((2 * i % 16) << 4) | ((2 * i + 1) % 16));
  assert.deepEqual(codes, expected);
});

Deno.test("decodeFourBit() gives the elements of a range that starts within a byte and crosses a block", () => {
  const tensor = quantizeNf4(Float32Array.from({ length: 130 }, (_, i) => Math.sin(i)), [10, 13]);
  const all = dequantizeNf4(tensor);
  const coded = { book: NF4_CODE_BOOK, absmax: tensor.absmax, block: NF4_BLOCK };
  for (const [start, end] of [[39, 117], [0, 1], [63, 65], [64, 128], [5, 6], [40, 117]]) {
    const codes = tensor.codes.subarray(start >> 1);
    assert.deepEqual(decodeFourBit({ ...coded, codes }, start, end), all.slice(start, end));
  }
});

for (const value of [NaN, Infinity, -Infinity]) {
  Deno.test(`quantizeNf4() rejects ${value}`, () => {
    const values = new Float32Array(128);
    values[70] = value;
    assert.throws(() => quantizeNf4(values, [2, 64]), {
      name: "RangeError",
      message: `Cannot quantize values as values[70] must be finite: got ${value}`,
    });
  });
}

Deno.test("quantizeNf4() rejects a shape of another size", () => {
  assert.throws(() => quantizeNf4(new Float32Array(6), [2, 2]), {
    name: "TypeError",
    message: "Cannot quantize values as values.length must be 2 × 2: got 6",
  });
});

Deno.test("dequantizeNf4() rejects codes and absmax of another size", () => {
  const tensor = quantizeNf4(new Float32Array(128), [2, 64]);
  assert.throws(() => dequantizeNf4({ ...tensor, codes: new Uint8Array(63) }), /codes\.length must be 64: got 63/);
  assert.throws(() => dequantizeNf4({ ...tensor, absmax: new Float32Array(3) }), /absmax\.length must be 2: got 3/);
});
