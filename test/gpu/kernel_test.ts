import assert from "node:assert/strict";
import { specialize } from "../../src/gpu/kernel.ts";

const SOURCE = "//@ if FLAG\nfn a() {}\n//@ end";

Deno.test("specialize() expands equal sources with equal values once", () => {
  const kernel = () => specialize("kernel", [SOURCE], { N: 1 }, { FLAG: true });
  assert.equal(kernel(), kernel());
});

Deno.test("specialize() tells types of constants, values of lines and sources apart", () => {
  const { code } = specialize("kernel", [SOURCE], { N: 1 }, { FLAG: true });
  assert.equal(code, "const N: u32 = 1u;\nfn a() {}");
  for (
    const other of [
      specialize("kernel", [SOURCE], { N: { f32: 1 } }, { FLAG: true }),
      specialize("kernel", [SOURCE], { N: 1 }, { FLAG: false }),
      specialize("kernel", [SOURCE, "fn b() {}"], { N: 1 }, { FLAG: true }),
    ]
  ) assert.notEqual(other.code, code);
});
