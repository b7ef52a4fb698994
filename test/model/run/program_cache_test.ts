import assert from "node:assert/strict";
import type { Executor } from "../../../src/graph/executor.ts";
import { PROGRAM_GRAPHS } from "../../../src/model/graphs/program_graphs.ts";
import { chunkSizes } from "../../../src/model/run/chunk_plan.ts";
import { createModelMeter } from "../../../src/model/run/model_meter.ts";
import { createProgramCache, shapeKey } from "../../../src/model/run/program_cache.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { MODEL } from "../../support/small_decoder.ts";

const SHAPE = {
  prompt: 5,
  shared: 2,
  targets: 3,
  wants: { tangent: true, gradient: "sequence" },
  objective: "log-prob",
} as const;

/** A cache, with the shapes of the graphs that it traces and the number of programs that it compiles. */
function watchedCache(memory: number) {
  const reference = createReferenceExecutor();
  const seen = { traced: [] as string[], compiled: 0 };
  const executor: Executor = {
    ...reference,
    compile(graph) {
      seen.compiled++;
      return reference.compile(graph);
    },
  };
  const traceGraph = PROGRAM_GRAPHS.path;
  PROGRAM_GRAPHS.path = (model, shape) => {
    seen.traced.push(shapeKey(shape));
    return traceGraph(model, shape);
  };
  const cache = createProgramCache(MODEL, executor, createModelMeter(executor, MODEL.config), memory);
  return { cache, seen, restore: () => PROGRAM_GRAPHS.path = traceGraph };
}

Deno.test("createProgramCache() traces each graph once, to plan it and to compile it", async () => {
  const { cache, seen, restore } = watchedCache(2 ** 20);
  try {
    const { sizes } = cache.chunks({ kind: "path", shape: SHAPE, count: 700, rowsPerSequence: 5 });
    for (const sequences of sizes) await cache.get("path", { ...SHAPE, sequences });
    assert.ok(new Set(sizes).size > 1, sizes.join(" "));
    assert.equal(new Set(seen.traced).size, seen.traced.length);
    assert.equal(seen.compiled, new Set(sizes).size);
  } finally {
    restore();
  }
});

Deno.test("createProgramCache() tells shapes apart by each of their fields, whatever their order", async () => {
  const { cache, restore } = watchedCache(2 ** 30);
  try {
    const program = await cache.get("path", { ...SHAPE, sequences: 1 });
    const { wants, ...others } = SHAPE;
    assert.equal(await cache.get("path", { sequences: 1, wants, ...others }), program);
    for (
      const change of [{ prompt: 6 }, { objective: "prob" }, { wants: { ...wants, tangent: false } }, { sequences: 2 }]
    ) {
      const shape = { ...SHAPE, sequences: 1, ...change } as Parameters<typeof PROGRAM_GRAPHS.path>[1];
      assert.notEqual(await cache.get("path", shape), program, JSON.stringify(change));
    }
  } finally {
    restore();
  }
});

Deno.test("createProgramCache() refuses a batch of which not one sequence fits", () => {
  const { cache, restore } = watchedCache(1000);
  try {
    assert.throws(() => cache.chunks({ kind: "path", shape: SHAPE, count: 1, rowsPerSequence: 5 }), {
      name: "RangeError",
      message: /Cannot run one sequence as it must fit 1000 bytes( with no value over .*)?: it takes \d+ bytes/,
    });
  } finally {
    restore();
  }
});

Deno.test("chunkSizes() cuts a count into powers of two, the largest first", () => {
  assert.deepEqual(chunkSizes(39, 16), [16, 16, 4, 2, 1]);
  assert.deepEqual(chunkSizes(3, 64), [2, 1]);
  assert.deepEqual(chunkSizes(0, 8), []);
});

Deno.test("shapeKey() leaves out fields that are undefined, and keeps the order of lists", () => {
  assert.equal(shapeKey({ b: 1, a: { d: null, c: "x" }, e: undefined }), shapeKey({ a: { c: "x", d: null }, b: 1 }));
  assert.notEqual(shapeKey({ a: [1, 2] }), shapeKey({ a: [2, 1] }));
});
