import { createCpuExecutor } from "../../../src/graph/cpu_executor.ts";
import { pullBack, pushForward } from "../../../src/graph/differentiate.ts";
import type { Executor } from "../../../src/graph/executor.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";

// 3 query heads to 1 of size 8 and 4,093 tokens: 128 tiles of 32, the last one ragged.
const L = 4093;
const ATTRIBUTES = { heads: 3, kvHeads: 1, headSize: 8, sequences: 1, shared: 0, queries: null };

/** o of q, k, v [1, L, 40], its tangent and its pullback. */
async function attend(executor: Executor) {
  const g = trace();
  const qkv = g.input("qkv", { shape: [1, L, 40], dtype: "f32" });
  const [o] = g.emit("attention", ATTRIBUTES, [qkv]);
  const tangent = pushForward(g, qkv, g.input("direction", qkv), o);
  const [gradient] = pullBack(g, o, [g.input("cotangent", o)], qkv);
  const program = await executor.compile(g.finish({ o, tangent, gradient }));
  const inputs = {
    qkv: randomValues(L * 40, 1),
    direction: randomValues(L * 40, 2),
    cotangent: randomValues(L * 24, 3),
  };
  return (await program.run(inputs)).outputs;
}

for (const [device, create] of [["WebGPU", createWebGpuExecutor], ["the CPU", createCpuExecutor]] as const) {
  Deno.test(`attention over 4,093 tokens, its tangent and its pullback match the f64 reference on ${device}`, async () => {
    const executor = await create();
    try {
      const [actual, expected] = [await attend(executor), await (reference ??= attend(createReferenceExecutor()))];
      // Sums of up to 4,093 terms of size 1 in f32.
      for (const name of ["o", "tangent", "gradient"] as const) {
        assertClose(actual[name], expected[name], { absolute: 2e-5, relative: 2e-5 }, name);
      }
    } finally {
      executor.close();
    }
  });
}

let reference: ReturnType<typeof attend> | undefined;
