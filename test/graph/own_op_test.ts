import assert from "node:assert/strict";
import { grid, specialize } from "../../src/gpu/kernel.ts";
import { createCpuExecutor } from "../../src/graph/cpu_executor.ts";
import { pullBack } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { rematerialize } from "../../src/graph/rematerialize.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { add } from "../../src/ops/block/add.ts";
import { seed } from "../../src/ops/block/seed.ts";
import { elements, type KernelContext, type Op } from "../../src/ops/op.ts";

const SOURCE = `
@group(0) @binding(0) var<storage, read> x: array<f32>;
//@ if OTHER
@group(0) @binding(1) var<storage, read> other: array<f32>;
//@ end
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> count: vec4<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < count.x) {
//@ if BACKWARD
    y[id.x] = 2.0f * x[id.x] * other[id.x];
//@ else
//@   if OTHER
    y[id.x] = x[id.x] * x[id.x] + other[id.x];
//@   else
    y[id.x] = x[id.x] * x[id.x];
//@   end
//@ end
  }
}
`;

function launch({ inputs, outputs, outputTypes: [type] }: KernelContext<unknown>, BACKWARD: boolean) {
  const [x, other = null] = inputs;
  const kernel = specialize("square", [SOURCE], { BACKWARD, OTHER: other !== null });
  const count = elements(type);
  return [{ kernel, bindings: [x, other, ...outputs], params: [count], workgroups: grid(count, 64) }];
}

/** y = x² and dx = 2 x dy, ops that no table has; `square` takes a residual and is wide for its reverse. */
const square: Op<Record<never, never>> = {
  name: "square",
  types: (_attributes, [x]) => [{ shape: x.shape, dtype: "f32" }],
  reference: ({ inputs: [x, residual] }) => [x.map((value, i) => value * value + (residual?.[i] ?? 0))],
  lower({ g, inputs: [x, residual = null] }) {
    const y = g.node("Mul", [x, x]);
    return [residual === null ? y : g.node("Add", [y, residual])];
  },
  vjp: (g, { inputs: [x] }, [dy]) => [dy && g.emit(squareBackward, {}, [x, dy])[0]],
  jvp: null,
  takesResidual: (_attributes, inputs) => inputs === 1,
  kernels: (context) => launch(context, false),
};
const squareBackward: Op<Record<never, never>> = {
  ...square,
  name: "squareBackward",
  reference: ({ inputs: [x, dy] }) => [x.map((value, i) => 2 * value * dy[i])],
  lower: ({ g, inputs: [x, dy] }) => [g.node("Mul", [g.node("Mul", [x, g.scalar(2)]), dy])],
  recompute: { wide: 0 },
  kernels: (context) => launch(context, true),
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
  for (const create of [createReferenceExecutor, createWebGpuExecutor, createCpuExecutor]) {
    const executor = await create();
    try {
      for (const one of [plain, passed]) {
        const { outputs } = await (await executor.compile(one)).run({ x: Float64Array.of(1, 2, -3) });
        assert.deepEqual([...outputs.z], [5, 18, 33]);
        assert.deepEqual([...outputs.gradient], [9, 17, -23]);
      }
    } finally {
      executor.close();
    }
  }
});
