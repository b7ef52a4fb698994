import assert from "node:assert/strict";
import { openOnnxRuntime } from "../../src/graph/onnx_runtime.ts";
import { encodeModel } from "../../src/onnx/encode_model.ts";
import type { OnnxModel } from "../../src/onnx/onnx_model.ts";

const IDENTITY: OnnxModel = {
  nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"], attributes: {} }],
  constants: [],
  inputs: [{ name: "x", type: "f32" }],
  outputs: [{ name: "y", type: "f32" }],
};

Deno.test("encodeModel() writes the fields of onnx.proto3 in their wire types", () => {
  const text = (value: string) => [...new TextEncoder().encode(value)];
  const port = (name: string) => [10, 1, ...text(name), 18, 4, 10, 2, 8, 1];
  const node = [10, 1, ...text("x"), 18, 1, ...text("y"), 26, 1, ...text("0"), 34, 4, ...text("Relu"), 58, 0];
  const graph = [10, node.length, ...node, 18, 5, ...text("graph"), 90, 9, ...port("x"), 98, 9, ...port("y")];
  const sets = [66, 4, 10, 0, 16, 21, 66, 17, 10, 13, ...text("com.microsoft"), 16, 1];
  assert.deepEqual([...encodeModel(IDENTITY)], [8, 10, 58, graph.length, ...graph, ...sets]);
});

Deno.test("ONNX Runtime reads every kind of attribute and constant that encodeModel() writes", async () => {
  const runtime = await openOnnxRuntime(1);
  const session = await runtime.session({
    nodes: [
      // A float, an integer, a list, an optional input that is left out, an operator of another domain.
      { op: "LeakyRelu", inputs: ["x"], outputs: ["a"], attributes: { alpha: { float: 0.25 } } },
      { op: "Softmax", inputs: ["a"], outputs: ["b"], attributes: { axis: 1 } },
      { op: "Transpose", inputs: ["b"], outputs: ["c"], attributes: { perm: [1, 0] } },
      { op: "Unsqueeze", inputs: ["c", "axes"], outputs: ["d"], attributes: {} },
      { op: "Clip", inputs: ["d", null, "most"], outputs: ["e"], attributes: {} },
      { op: "com.microsoft:QuickGelu", inputs: ["e"], outputs: ["y"], attributes: { alpha: { float: 1 } } },
    ],
    constants: [
      { name: "axes", type: "i64", shape: [1], values: [-1] },
      { name: "most", type: "f32", shape: [], values: [0.5] },
    ],
    inputs: [{ name: "x", type: "f32" }],
    outputs: [{ name: "y", type: "f32" }],
  });
  const x = [-4, 0, 2];
  const y = runtime.tensor("f32", new Float32Array(3), [3, 1, 1]);
  await session.run({ x: runtime.tensor("f32", Float32Array.from(x), [1, 3]) }, { y });
  await session.release();
  const leaky = x.map((value) => Math.exp(value < 0 ? value / 4 : value));
  const total = leaky.reduce((a, b) => a + b);
  leaky.forEach((value, i) => {
    const clipped = Math.min(0.5, value / total);
    assert.ok(Math.abs((y.data as Float32Array)[i] - clipped / (1 + Math.exp(-clipped))) < 1e-6, `element ${i}`);
  });
});

Deno.test("encodeModel() writes lengths and integers of more than 7 bits", async () => {
  const runtime = await openOnnxRuntime(1);
  const name = "n".repeat(20_000);
  const session = await runtime.session({
    nodes: [{ op: "Add", inputs: ["x", name], outputs: ["y"], attributes: {} }],
    constants: [{ name, type: "i64", shape: [3], values: [2 ** 40 + 3, -1, 300] }],
    inputs: [{ name: "x", type: "i64" }],
    outputs: [{ name: "y", type: "i64" }],
  });
  const y = runtime.tensor("i64", new BigInt64Array(3), [3]);
  await session.run({ x: runtime.tensor("i64", BigInt64Array.of(1n, 1n, 1n), [3]) }, { y });
  await session.release();
  assert.deepEqual([...y.data as BigInt64Array], [2n ** 40n + 4n, 0n, 301n]);
});
