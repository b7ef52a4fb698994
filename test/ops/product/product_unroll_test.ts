import assert from "node:assert/strict";
import { unroll } from "../../../src/ops/product/product_unroll.ts";

Deno.test("unroll() repeats nested blocks with their numbers, inner ones first", () => {
  const source = "a\n//@ for r in ROWS\nb$r\n//@   for e in 2\n  c$r_$e = $e;\n//@   end\n//@ end\nd";
  const expected = "a\nb0\n  c0_0 = 0;\n  c0_1 = 1;\nb1\n  c1_0 = 0;\n  c1_1 = 1;\nd";
  assert.equal(unroll(source, { ROWS: 2 }), expected);
});

Deno.test("unroll() leaves a source without blocks as it is", () => {
  assert.equal(unroll("a\n  b $c\n", {}), "a\n  b $c\n");
});

Deno.test("unroll() keeps one part of a condition, also within loops", () => {
  const source =
    "//@ for i in 2\n//@   if FAST\nf$i\n//@   else\ns$i\n//@   end\n//@   if FAST\ng$i\n//@   end\n//@ end";
  assert.equal(unroll(source, { FAST: true }), "f0\ng0\nf1\ng1");
  assert.equal(unroll(source, { FAST: false }), "s0\ns1");
});

Deno.test("unroll() refuses a block without end, an end or else without block and a name without value", () => {
  assert.throws(() => unroll("//@ for r in 2\na", {}), SyntaxError);
  assert.throws(() => unroll("//@ if FAST\na\n//@ else\nb", { FAST: true }), SyntaxError);
  assert.throws(() => unroll("a\n//@ end\nb", {}), SyntaxError);
  assert.throws(() => unroll("a\n//@ else\nb", {}), SyntaxError);
  assert.throws(() => unroll("//@ for r in 2\na\n//@ else\nb\n//@ end", {}), SyntaxError);
  assert.throws(() => unroll("//@ for r in ROWS\n//@ end", {}), SyntaxError);
  assert.throws(() => unroll("//@ if FAST\n//@ end", {}), SyntaxError);
});
