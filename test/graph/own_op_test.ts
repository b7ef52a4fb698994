import assert from "node:assert/strict";
import { pullBack } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { rematerialize } from "../../src/graph/rematerialize.ts";
import { add } from "../../src/ops/block/add.ts";
import { seed } from "../../src/ops/block/seed.ts";
import type { Op } from "../../src/ops/op.ts";

/** y = x² and dx = 2 x dy, ops that no table has; `square` takes a residual and is wide for its reverse. */
const square: Op<Record<never, never>> = {
  name: "square",
  types: (_attributes, [x]) => [{ shape: x.shape, dtype: "f32" }],
  reference: ({ inputs: [x, residual] }) => [x.map((value, i) => value * value + (residual?.[i] ?? 0))],
  vjp: (g, { inputs: [x] }, [dy]) => [dy && g.emit(squareBackward, {}, [x, dy])[0]],
  jvp: null,
  takesResidual: (_attributes, inputs) => inputs === 1,
  kernels: () => [],
};
const squareBackward: Op<Record<never, never>> = {
  ...square,
  name: "squareBackward",
  reference: ({ inputs: [x, dy] }) => [x.map((value, i) => 2 * value * dy[i])],
  recompute: { wide: 0 },
};

/** z = (2 x)² + x and its gradient. */
function graph() {
  const g = trace();
  const x = g.input("x", { shape: [3], dtype: "f32" });
  const [double] = g.emit(add, {}, [x, x]);
  const [z] = g.emit(add, {}, [g.emit(square, {}, [double])[0], x]);
  const [dz] = g.emit(seed, { rows: 3, period: 1, index: null }, []);
  return g.finish({ z, gradient: pullBack(g, z, [dz], x)[0] });
}

const namesOf = ({ nodes }: ReturnType<typeof graph>) => nodes.map(({ op }) => op.name);

Deno.test("graphs run, differentiate, fuse and recompute an op by what the op itself states", async () => {
  const plain = graph();
  const passed = fuse(rematerialize(plain, "wide"));
  // A wide value is computed again, and the sum is left to `square`.
  assert.equal(namesOf(plain).filter((name) => name === "add").length, 4);
  assert.deepEqual(namesOf(passed), ["add", "square", "seed", "add", "squareBackward", "add", "add"]);
  const executor = createReferenceExecutor();
  for (const one of [plain, passed]) {
    const { outputs } = await (await executor.compile(one)).run({ x: Float64Array.of(1, 2, -3) });
    assert.deepEqual([...outputs.z], [5, 18, 33]);
    assert.deepEqual([...outputs.gradient], [9, 17, -23]);
  }
});
