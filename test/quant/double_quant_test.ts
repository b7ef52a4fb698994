import assert from "node:assert/strict";
import { expandNestedAbsmax } from "../../src/quant/double_quant.ts";
import { compressAbsmax } from "./compress_absmax.ts";
import { dynamicMap } from "./dynamic_map.ts";
import { meanF32 } from "./mean_f32.ts";
import { bitsOf, bytesOf, f32Of, readGolden } from "./golden.ts";

interface Golden {
  readonly map: string;
  readonly cases: {
    readonly name: string;
    readonly absmax: string;
    readonly offset: number;
    readonly codes: string;
    readonly nestedAbsmax: string;
    readonly expanded: string;
  }[];
  readonly means: [number, number][];
}

const golden = readGolden<Golden>("double_quant.json");

Deno.test("dynamicMap() is bitsandbytes' bit for bit", () => {
  assert.deepEqual(bitsOf(dynamicMap()), bitsOf(f32Of(golden.map)));
});

for (const { name, absmax, offset, codes, nestedAbsmax, expanded } of golden.cases) {
  Deno.test(`compressAbsmax() gives bitsandbytes' bytes: ${name}`, () => {
    const nested = compressAbsmax(f32Of(absmax));
    assert.equal(nested.offset, offset);
    assert.deepEqual(bitsOf(nested.absmax), bitsOf(f32Of(nestedAbsmax)));
    assert.deepEqual(nested.codes, bytesOf(codes));
  });

  Deno.test(`expandNestedAbsmax() gives bitsandbytes' values: ${name}`, () => {
    const nested = { codes: bytesOf(codes), code: f32Of(golden.map), absmax: f32Of(nestedAbsmax), offset };
    assert.deepEqual(bitsOf(expandNestedAbsmax(nested)), bitsOf(f32Of(expanded)));
  });
}

for (const [length, mean] of golden.means) {
  Deno.test(`meanF32() gives PyTorch's bits for ${length} values`, () => {
    const values = Float32Array.from({ length }, (_, i) => (Math.imul(i, 2654435761) >>> 8) * 2 ** -24);
    assert.equal(meanF32(values), mean);
  });
}

Deno.test("compressAbsmax() takes a given offset", () => {
  const absmax = Float32Array.of(0.5, 0.25, 0.75);
  const nested = compressAbsmax(absmax, 0.25);
  assert.equal(nested.offset, 0.25);
  assert.deepEqual([...nested.absmax], [0.5]);
});

Deno.test("expandNestedAbsmax() rejects statistics of another size", () => {
  const nested = compressAbsmax(new Float32Array(300).fill(1));
  assert.throws(() => expandNestedAbsmax({ ...nested, absmax: new Float32Array(1) }), {
    name: "TypeError",
    message: "Cannot expand nested absmax as nested_absmax must have 2 values: got 1",
  });
  assert.throws(() => expandNestedAbsmax({ ...nested, code: new Float32Array(16) }), /must have 256 values: got 16/);
});
