import assert from "node:assert/strict";
import { createCpuExecutor } from "../../src/graph/cpu_executor.ts";
import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";

async function withCpu(test: (cpu: Executor) => Promise<void>): Promise<void> {
  const cpu = await createCpuExecutor({ threads: 1 });
  try {
    await test(cpu);
  } finally {
    cpu.close();
  }
}

/** y = x + x [2, 3], and x itself. */
function doubled() {
  const g = trace();
  const x = g.input("x", { shape: [2, 3], dtype: "f32" });
  return g.finish({ y: g.emit("add", {}, [x, x])[0], x });
}

Deno.test("runs that are started together are carried out in order, each with its own inputs", () =>
  withCpu(async (cpu) => {
    const program = await cpu.compile(doubled());
    const inputs = [1, 2, 3].map((value) => new Float32Array(6).fill(value));
    const runs = inputs.map((x) => program.run({ x }));
    // The caller may change its arrays at once.
    inputs.forEach((x) => x.fill(100));
    const results = await Promise.all(runs);
    assert.deepEqual(results.map(({ outputs }) => outputs.y[5]), [2, 4, 6]);
    assert.deepEqual(results.map(({ outputs }) => outputs.x[0]), [1, 2, 3]);
    assert.equal(results[0].gpuSeconds, null);
  }));

Deno.test("an input that is not written keeps its values; one that never was is an error", () =>
  withCpu(async (cpu) => {
    const program = await cpu.compile(doubled());
    await assert.rejects(program.run({}), {
      name: "TypeError",
      message: "Cannot run the graph as input x must be written first",
    });
    await program.run({ x: new Float32Array(6).fill(4) });
    assert.deepEqual([...(await program.run({})).outputs.y], [8, 8, 8, 8, 8, 8]);
  }));

for (
  const [data, got] of [
    [new Float32Array(5), "f32 [5]"],
    [new Uint32Array(6), "u32 [6]"],
  ] as const
) {
  Deno.test(`an input of ${got} in place of f32 [2, 3] is an error`, () =>
    withCpu(async (cpu) => {
      const program = await cpu.compile(doubled());
      const error = { name: "TypeError", message: `Cannot write input x as it must be f32 [2, 3]: got ${got}` };
      await assert.rejects(async () => await program.run({ x: data }), error);
    }));
}

Deno.test("a weight that was not uploaded is named", () =>
  withCpu(async (cpu) => {
    const g = trace();
    const x = g.input("x", { shape: [2, 3], dtype: "f32" });
    const linear = { weight: "w", bias: null, outputs: 4, inner: 3 };
    const graph = g.finish({ y: g.emit("linear", linear, [x])[0] });
    await assert.rejects(cpu.compile(graph), {
      name: "TypeError",
      message: "Cannot compile the graph as weight w must be uploaded first",
    });
  }));

/** Attention of one row [q | k | v] of one head of size 2 to a cache of 4 rows. */
function cached() {
  const g = trace();
  const qkv = g.input("qkv", { shape: [1, 6], dtype: "f32" });
  const position = g.input("position", { shape: [1], dtype: "u32" });
  const cache = g.input("cache.0", { shape: [4, 4], dtype: "f32" }, "state");
  return g.finish({ o: g.emit("cachedAttention", { heads: 1, kvHeads: 1, headSize: 2 }, [qkv, cache, position])[0] });
}

Deno.test("states outlive runs and programs until they are dropped", () =>
  withCpu(async (cpu) => {
    const run = async (v: number, position: number) => {
      const program = await cpu.compile(cached());
      const qkv = Float32Array.of(0, 0, 0, 0, v, v);
      return (await program.run({ qkv, position: Uint32Array.of(position) })).outputs.o[0];
    };
    // Scores are all alike, so that attention is the mean of the values so far.
    assert.deepEqual([await run(3, 0), await run(6, 1), await run(9, 2)], [3, 4.5, 6]);
    cpu.dropStates("other.");
    assert.equal(await run(9, 2), 6);
    cpu.dropStates("cache.");
    assert.equal(await run(9, 2), 3);
  }));

Deno.test("the bytes held are those of weights, slots and states", () =>
  withCpu(async (cpu) => {
    const values = new Float32Array(12);
    await cpu.upload({ name: "w", rows: 4, columns: 3 }, [
      { format: "f32", rows: 4, data: new Uint8Array(values.buffer) },
    ]);
    assert.equal(cpu.weightBytes, 48);
    await cpu.compile(cached());
    assert.ok(cpu.peakBytes >= 48 + 64, `${cpu.peakBytes}`);
  }));
