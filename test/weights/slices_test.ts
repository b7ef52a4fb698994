import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { assembleModel } from "../../src/model/assemble_model.ts";
import { loadWeights } from "../../src/model/load/load_weights.ts";
import { parseConfig } from "../../src/model/load/model_config.ts";
import { createModelRuntime } from "../../src/model/run/model_runtime.ts";
import { assertClose } from "../support/closeness.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

const PROMPT = [504, 3575, 282, 4649, 314];
const TARGET = [7042, 30];

/** Log-probs of the target by the weights as stored, on an adapter that binds no more than so many bytes. */
async function logProbs(maxStorageBufferBindingSize: number): Promise<ArrayLike<number>> {
  const checkpoint = await openCheckpoint(SMOLLM2_GGUF);
  const config = parseConfig(checkpoint.config, checkpoint.path);
  const executor = await createWebGpuExecutor(undefined, { maxStorageBufferBindingSize });
  try {
    const loaded = await loadWeights(checkpoint, config, executor, "none");
    const runtime = createModelRuntime(checkpoint, config, executor);
    const model = assembleModel(checkpoint, runtime, { ...loaded, id: "smollm2", fingerprint: "", identity: "" });
    const [score] = await model.score([await model.embed(PROMPT)], TARGET);
    return score;
  } finally {
    executor.close();
    checkpoint.close();
  }
}

Deno.test("SmolLM2-135M in Q4_1 has the same log-probs if several bindings hold each weight", async () => {
  const [whole, sliced] = [await logProbs(Infinity), await logProbs(600 * 1024)];
  assertClose(sliced, whole, { absolute: 2e-5, relative: 0 });
});
