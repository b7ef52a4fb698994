import assert from "node:assert/strict";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import type { Value } from "../../../src/ops/op.ts";

const V = 131;
// A full cycle, as 50 and 131 have no common divisor.
const after = (token: number) => (token + 50) % V;

/** Logits of each token: a row of the head for it, largest at the one after. */
const HEAD = Float32Array.from({ length: V * V }, (_, i) => i % V === after(Math.floor(i / V)) ? 2 : (i * 7 % 13) / 13);

for (const create of [createReferenceExecutor, createWebGpuExecutor]) {
  Deno.test(`nextToken feeds the next step, runs ahead of the host included (${create.name})`, async () => {
    const executor = await create();
    try {
      await executor.upload({ name: "head", rows: V, columns: V }, [
        { format: "f32", rows: V, data: new Uint8Array(HEAD.buffer) },
      ]);
      const g = trace();
      const [token, position] = ["token", "position"].map((name) => g.input(name, { shape: [1], dtype: "u32" }));
      const [logits] = g.emit("weightRows", { weight: "head", columns: V, scale: 1 }, [token]);
      const table: Value = g.input("table", { shape: [20, 2], dtype: "f32" });
      const [row] = g.emit("gatherRows", {}, [table, position]);
      const [next] = g.emit("nextToken", {}, [logits, token, position]);
      const program = await executor.compile(g.finish({ row, next }));
      const inputs = {
        token: Uint32Array.of(3),
        position: Uint32Array.of(4),
        table: Float32Array.from({ length: 40 }, (_, i) => i),
      };
      const runs = Array.from({ length: 10 }, (_, i) => program.run(i === 0 ? inputs : {}));
      let expected = 3;
      for (const [i, { outputs: { next, row } }] of (await Promise.all(runs)).entries()) {
        expected = after(expected);
        assert.deepEqual([...next], [expected]);
        assert.deepEqual([...row], [2 * (4 + i), 2 * (4 + i) + 1]);
      }
    } finally {
      executor.close();
    }
  });
}
