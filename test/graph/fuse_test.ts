import assert from "node:assert/strict";
import { pullBack, pushForward } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { type Graph, trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { assertClose } from "../support/closeness.ts";
import { uploadWeights } from "../support/op_case.ts";
import { randomValues } from "../support/random.ts";

const WEIGHTS = { w: [1, 16], o: [16, 16] } as const;
const NORM = { weight: "w", epsilon: 1e-6 };
const PRODUCT = { weight: "o", bias: null, outputs: 16, inner: 16 };

/** h = x + norm(x) Oᵀ with its tangent and its pullback; `kept` makes the product an output of its own. */
function block(kept: boolean) {
  const g = trace();
  const x = g.input("x", { shape: [5, 16], dtype: "f32" });
  const [normed] = g.emit("rmsNorm", NORM, [x]);
  const [product] = g.emit("linear", PRODUCT, [normed]);
  const [h] = g.emit("add", {}, [x, product]);
  const tangent = pushForward(g, x, g.input("direction", x), h);
  const [gradient] = pullBack(g, h, [g.input("cotangent", x)], x);
  return g.finish({ h, ...(kept ? { product } : {}), tangent, gradient });
}

const opsOf = ({ nodes }: Graph) => nodes.map(({ op, inputs }) => `${op.name} ${inputs.length}`).toSorted();

Deno.test("fuse() leaves no add where a product or a norm's reverse can take the residual", () => {
  assert.deepEqual(opsOf(fuse(block(false))), [
    "linear 2",
    "linear 2",
    "linearTransposed 1",
    "rmsNorm 1",
    "rmsNormBackward 3",
    "rmsNormTangent 2",
  ]);
});

Deno.test("fuse() keeps a product that something else needs too", () => {
  const ops = opsOf(fuse(block(true)));
  assert.ok(ops.includes("add 2") && ops.includes("linear 1"));
});

// A driver may round r·w·dy − x·pull + residual in another order than the sum by itself.
const ROUNDINGS = { absolute: 1e-6, relative: 1e-6 };

Deno.test("fuse() changes no bit of a result in f64, and no more than the rounding on the GPU", async () => {
  for (const create of [createReferenceExecutor, createWebGpuExecutor]) {
    const executor = await create();
    try {
      await uploadWeights(executor, WEIGHTS);
      const values = (seed: number) => Float32Array.from(randomValues(80, seed));
      const inputs = { x: values(1), direction: values(2), cotangent: values(3) };
      const [plain, fused] = await Promise.all(
        [block(false), fuse(block(false))].map(async (graph) => (await executor.compile(graph)).run(inputs)),
      );
      const [expected, actual] = [(await plain).outputs, (await fused).outputs];
      if (executor.backend === "reference") assert.deepEqual(actual, expected);
      for (const name of ["h", "tangent", "gradient"] as const) {
        assertClose(actual[name], expected[name], ROUNDINGS, name);
      }
    } finally {
      executor.close();
    }
  }
});

/** A block's MLP of rows 64 wide, as `decodeGraph` makes it for one row. */
function mlp(rows: number) {
  const g = trace();
  const x = g.input("x", { shape: [rows, 64], dtype: "f32" });
  const single = rows === 1;
  const [normed] = g.emit("rmsNorm", { weight: "n", epsilon: 1e-6 }, [x]);
  const [gateUp] = g.emit("linear", { weight: "gate_up", bias: null, outputs: 192, inner: 64, single }, [normed]);
  const [hidden] = g.emit("swiglu", {}, [gateUp]);
  const [y] = g.emit("linear", { weight: "head", bias: null, outputs: 10, inner: 64, single }, [
    g.emit("rmsNorm", { weight: "n", epsilon: 1e-6 }, [x])[0],
  ]);
  return g.finish({ hidden, ...(single ? {} : { y }) });
}

Deno.test("fuse() makes one op of the norm, product and gate of a single row, and leaves those of more rows", async () => {
  assert.deepEqual(opsOf(fuse(mlp(1))), ["decodeLinear 1"]);
  assert.deepEqual(opsOf(fuse(mlp(2))), ["linear 1", "linear 1", "rmsNorm 1", "swiglu 1"]);
  for (const create of [createReferenceExecutor, createWebGpuExecutor]) {
    const executor = await create();
    try {
      await uploadWeights(executor, { n: [1, 64], gate_up: [192, 64], head: [10, 64] });
      const inputs = { x: Float32Array.from(randomValues(64, 3)) };
      const run = async (graph: ReturnType<typeof mlp>) =>
        (await (await executor.compile(graph)).run(inputs)).outputs.hidden;
      assertClose(await run(fuse(mlp(1))), await run(mlp(1)), { absolute: 2e-6, relative: 2e-6 }, executor.backend);
    } finally {
      executor.close();
    }
  }
});

Deno.test("fuse() leaves a norm that something else needs too where it is", () => {
  const g = trace();
  const x = g.input("x", { shape: [1, 64], dtype: "f32" });
  const [normed] = g.emit("rmsNorm", { weight: "n", epsilon: 1e-6 }, [x]);
  const [y] = g.emit("linear", { weight: "o", bias: null, outputs: 8, inner: 64, single: true }, [normed]);
  assert.deepEqual(opsOf(fuse(g.finish({ normed, y }))), ["linear 1", "rmsNorm 1"]);
});

/** Attention of rows over a cache, after their rotation, which is an output as well if it is `kept`. */
function attended(rows: number, kept = false) {
  const g = trace();
  const [x, rotation] = [
    g.input("x", { shape: [rows, 24], dtype: "f32" }),
    g.input("r", { shape: [rows, 8], dtype: "f32" }),
  ];
  const [cache, at] = [
    g.input("cache", { shape: [9, 8], dtype: "f32" }, "state"),
    g.input("at", { shape: [1], dtype: "u32" }),
  ];
  const heads = { headSize: 4, heads: 4 };
  const rope = { ...heads, heads: 5, inverse: false, sequences: 1, shared: 0, table: 1 };
  const [rotated] = g.emit("rope", rope, [x, rotation]);
  const [o] = g.emit("cachedAttention", { ...heads, kvHeads: 1 }, [rotated, cache, at]);
  return g.finish({ o, ...(kept ? { rotated } : {}) });
}

Deno.test("fuse() lets attention rotate a single row, and leaves rotations of more rows or with another use", async () => {
  assert.deepEqual(opsOf(fuse(attended(1))), ["cachedAttention 4"]);
  assert.deepEqual(opsOf(fuse(attended(2))), ["cachedAttention 3", "rope 2"]);
  assert.deepEqual(opsOf(fuse(attended(1, true))), ["cachedAttention 3", "rope 2"]);
  const inputs = { x: randomValues(24, 1), r: randomValues(8, 2), at: Uint32Array.of(3) };
  for (const create of [createReferenceExecutor, createWebGpuExecutor]) {
    const executor = await create();
    try {
      const run = async (graph: ReturnType<typeof attended>) =>
        (await (await executor.compile(graph)).run(inputs)).outputs.o;
      const expected = await run(attended(1));
      assertClose(await run(fuse(attended(1))), expected, { absolute: 1e-6, relative: 1e-6 }, executor.backend);
    } finally {
      executor.close();
    }
  }
});
