import assert from "node:assert/strict";
import { createLowerer, inputIndex, inputTensor } from "../../src/onnx/lowering.ts";

Deno.test("createLowerer() keeps sizes apart from the structure, and equal constants as one", () => {
  const lower = (rows: number) => {
    const g = createLowerer();
    const wide = g.node("Reshape", [inputTensor(0), g.sizes(rows, -1)]);
    const kept = g.node("Add", [wide, g.scalar(0)]);
    g.replace(1, g.node("Slice", [kept, g.ints(0), g.ints(0), g.size(rows)]));
    return g.finish([g.node("Mul", [kept, g.scalar(-0)])]);
  };
  const [a, b] = [lower(3), lower(5)];
  assert.deepEqual({ ...a, sizes: [] }, { ...b, sizes: [] });
  assert.deepEqual(a.sizes.map(({ values, scalar }) => [values, scalar]), [[[3, -1], false], [[3], true]]);
  // 0 and −0 differ; the two [0] are one; the scalar 0 is another.
  assert.deepEqual(a.constants.map(({ type, shape, values }) => [type, shape, values]), [
    ["f32", [], [0]],
    ["i64", [1], [0]],
    ["f32", [], [-0]],
  ]);
  assert.deepEqual(a.replacements.map(({ input }) => input), [1]);
});

Deno.test("createLowerer() gives a weight one tensor, however often it is asked for", () => {
  const g = createLowerer();
  const tensors = ["v", "w", "v"].map((weight) => g.weight("f32", { weight, part: 0, kind: "values" }));
  assert.equal(tensors[0], tensors[2]);
  assert.deepEqual(g.finish([]).weights.map(({ source: { weight } }) => weight), ["v", "w"]);
});

Deno.test("inputIndex() knows an op's inputs from other tensors", () => {
  assert.deepEqual([inputTensor(12), "t12", "w0", "c3", "s1"].map(inputIndex), [12, null, null, null, null]);
});
