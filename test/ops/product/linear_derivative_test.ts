import assert from "node:assert/strict";
import type { ReferenceWeight } from "../../../src/ops/formats/weight.ts";
import type { Emitter, Value } from "../../../src/ops/op.ts";
import { linear, type LinearAttributes, linearTransposed } from "../../../src/ops/product/linear.ts";
import { sample } from "../../../src/ops/formats/sample_weight.ts";
import { reference } from "./linear_reference.ts";
import { opCase } from "../../support/op_case.ts";
import { testDerivatives } from "../op_checks.ts";

/** A graph of one node that remembers what was asked of it. */
function recorder(): Emitter & { readonly emitted: { op: string; attributes: LinearAttributes; input: Value }[] } {
  const emitted: { op: string; attributes: LinearAttributes; input: Value }[] = [];
  return {
    emitted,
    emit(op, attributes, inputs) {
      emitted.push({ op: op.name, attributes: attributes as unknown as LinearAttributes, input: inputs[0] });
      return [{ id: 100, shape: [], dtype: "f32" }];
    },
  };
}

const SMALL = { rows: 3, inner: 10, outputs: 7 };

function smallNode() {
  const { rows, inner, outputs } = SMALL;
  const x: Value = { id: 0, shape: [rows, inner], dtype: "f32" };
  const y: Value = { id: 1, shape: [rows, outputs], dtype: "f32" };
  const attributes: LinearAttributes = { weight: "w", bias: "b", outputs, inner };
  const values = sample(outputs * inner, 1);
  const bias = sample(outputs, 2);
  const weight = (name: string): ReferenceWeight =>
    name === "w" ? { values, rows: outputs, columns: inner } : { values: bias, rows: 1, columns: outputs };
  return { x, y, attributes, weight };
}

Deno.test("linear's vjp equals central differences of its reference", () => {
  const { x, y, attributes, weight } = smallNode();
  const g = recorder();
  linear.vjp!(g, { attributes, inputs: [x], outputs: [y] }, [y]);
  assert.equal(g.emitted[0].op, "linearTransposed");
  assert.equal(g.emitted[0].input, y);
  const { rows, inner, outputs } = SMALL;
  const dy = sample(rows * outputs, 6);
  const gradient = reference(linearTransposed, g.emitted[0].attributes, dy, rows, weight);
  const at = Float64Array.from(sample(rows * inner, 7));
  const objective = () => reference(linear, attributes, at, rows, weight).reduce((sum, v, i) => sum + v * dy[i], 0);
  const h = 1e-3;
  const differences = at.map((value, i) => {
    at[i] = value + h;
    const above = objective();
    at[i] = value - h;
    const below = objective();
    at[i] = value;
    return (above - below) / (2 * h);
  });
  gradient.forEach((value, i) => assert.ok(Math.abs(value - differences[i]) < 1e-10, `[${i}]`));
});

Deno.test("linear's jvp equals central differences of its reference along a direction", () => {
  const { x, y, attributes, weight } = smallNode();
  const g = recorder();
  linear.jvp!(g, { attributes, inputs: [x], outputs: [y] }, [x]);
  assert.equal(g.emitted[0].op, "linear");
  const { rows, inner } = SMALL;
  const at = Float64Array.from(sample(rows * inner, 7));
  const direction = Float64Array.from(sample(rows * inner, 8));
  const tangent = reference(linear, g.emitted[0].attributes, direction, rows, weight);
  const h = 1e-3;
  const [above, below] = [h, -h].map((step) =>
    reference(linear, attributes, at.map((value, i) => value + step * direction[i]), rows, weight)
  );
  tangent.forEach((value, i) => assert.ok(Math.abs(value - (above[i] - below[i]) / (2 * h)) < 1e-10, `[${i}]`));
});

Deno.test("linear's vjp and jvp pass zero on", () => {
  const { x, y, attributes } = smallNode();
  const node = { attributes, inputs: [x], outputs: [y] };
  assert.deepEqual(linear.vjp!(recorder(), node, [null]), [null]);
  assert.deepEqual(linear.jvp!(recorder(), node, [null]), [null]);
});

Deno.test("linear and linearTransposed refuse inputs of another width", () => {
  const { attributes } = smallNode();
  const wrong = [{ shape: [2, 9], dtype: "f32" as const }];
  assert.throws(() => linear.types(attributes, wrong), TypeError);
  assert.throws(() => linearTransposed.types(attributes, wrong), TypeError);
});

testDerivatives([
  opCase({
    title: "linear",
    op: "linear",
    attributes: { weight: "w", bias: "b", outputs: 5, inner: 7 },
    inputs: [{ shape: [3, 7], dtype: "f32" }],
    weights: { w: [5, 7], b: [1, 5] },
  }),
]);
