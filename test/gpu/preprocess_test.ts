import assert from "node:assert/strict";
import { preprocess } from "../../src/gpu/preprocess.ts";

Deno.test("preprocess() repeats nested blocks with their numbers, inner ones first", () => {
  const source = "a\n//@ for r in ROWS\nb$r\n//@   for e in 2\n  c$r_$e = $e;\n//@   end\n//@ end\nd";
  const expected = "a\nb0\n  c0_0 = 0;\n  c0_1 = 1;\nb1\n  c1_0 = 0;\n  c1_1 = 1;\nd";
  assert.equal(preprocess(source, { ROWS: 2 }), expected);
});

Deno.test("preprocess() leaves a source without blocks as it is", () => {
  assert.equal(preprocess("a\n  b $c\n", {}), "a\n  b $c\n");
});

Deno.test("preprocess() keeps one part of a condition, also within loops", () => {
  const source =
    "//@ for i in 2\n//@   if FAST\nf$i\n//@   else\ns$i\n//@   end\n//@   if FAST\ng$i\n//@   end\n//@ end";
  assert.equal(preprocess(source, { FAST: true }), "f0\ng0\nf1\ng1");
  assert.equal(preprocess(source, { FAST: false }), "s0\ns1");
});

Deno.test("preprocess() refuses a block without end, an end or else without block and a name without value", () => {
  assert.throws(() => preprocess("//@ for r in 2\na", {}), SyntaxError);
  assert.throws(() => preprocess("//@ if FAST\na\n//@ else\nb", { FAST: true }), SyntaxError);
  assert.throws(() => preprocess("a\n//@ end\nb", {}), SyntaxError);
  assert.throws(() => preprocess("a\n//@ else\nb", {}), SyntaxError);
  assert.throws(() => preprocess("//@ for r in 2\na\n//@ else\nb\n//@ end", {}), SyntaxError);
  assert.throws(() => preprocess("//@ for r in ROWS\n//@ end", {}), SyntaxError);
  assert.throws(() => preprocess("//@ if FAST\n//@ end", {}), SyntaxError);
});

Deno.test("preprocess() puts a part's lines where it is used, with texts that hold the numbers of loops", () => {
  const source = [
    "//@ define load NAME FROM",
    "//@   if WIDE",
    "let $NAME = $FROM[0];",
    "//@   end",
    "//@ end",
    "//@ define twice NAME",
    "//@   for i in 2",
    "//@     use load: $NAME$i; x$i",
    "//@   end",
    "//@ end",
    "//@ use twice: a",
    "//@ for j in 2",
    "//@   use load: b; y[$j]",
    "//@ end",
  ].join("\n");
  const expected = ["let a0 = x0[0];", "let a1 = x1[0];", "let b = y[0][0];", "let b = y[1][0];"];
  assert.equal(preprocess(source, { WIDE: true }), expected.join("\n"));
  assert.equal(preprocess(source, { WIDE: false }), "");
});

Deno.test("preprocess() refuses a part without end, one that is not defined, and another number of texts", () => {
  assert.throws(() => preprocess("//@ define load NAME\na", {}), SyntaxError);
  assert.throws(() => preprocess("//@ use load: a", {}), /load must be defined before: got no such part/);
  assert.throws(() => preprocess("//@ define load NAME\n//@ end\n//@ use load: a; b", {}), /1 texts: got 2/);
});
