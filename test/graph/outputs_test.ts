import assert from "node:assert/strict";
import { trace } from "../../src/graph/graph.ts";
import { gatherOutputs, listOutputs } from "../../src/graph/outputs.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { add } from "../../src/ops/block/add.ts";

Deno.test("run() leaves results in the form of the outputs, lists and absent ones included", async () => {
  for (const create of [createReferenceExecutor, createWebGpuExecutor]) {
    const executor = await create();
    try {
      const g = trace();
      const a = g.input("a", { shape: [2], dtype: "f32" });
      const [double] = g.emit(add, {}, [a, a]);
      const [triple] = g.emit(add, {}, [double, a]);
      const absent = undefined as typeof a | undefined;
      const graph = g.finish({ double, multiples: [double, triple], none: [], absent });
      const { outputs } = await (await executor.compile(graph)).run({ a: Float32Array.of(1, 2) });
      // The types say what is there: a list of arrays, an array, or nothing.
      const triples: Float64Array = outputs.multiples[1];
      assert.deepEqual([...outputs.double], [2, 4]);
      assert.deepEqual([...triples], [3, 6]);
      assert.deepEqual(outputs.none, []);
      assert.equal(outputs.absent?.length, undefined);
    } finally {
      executor.close();
    }
  }
});

Deno.test("listOutputs() names the values of a list by their numbers, as gatherOutputs() does", () => {
  const value = (id: number) => ({ id, shape: [1], dtype: "f32" }) as const;
  const outputs = { score: value(1), gradient: [value(2), value(3)] };
  assert.deepEqual(listOutputs(outputs).map(({ name, value }) => [name, value.id]), [
    ["score", 1],
    ["gradient.0", 2],
    ["gradient.1", 3],
  ]);
  const asked: string[] = [];
  const data = gatherOutputs(outputs, ({ name, value }) => {
    asked.push(name);
    return Float64Array.of(value.id);
  });
  assert.deepEqual(asked, ["score", "gradient.0", "gradient.1"]);
  assert.deepEqual(data.gradient.map(([id]) => id), [2, 3]);
});
