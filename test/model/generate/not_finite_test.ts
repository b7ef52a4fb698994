import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { assembleModel } from "../../../src/model/assemble_model.ts";
import type { LanguageModel } from "../../../src/model/model.ts";
import { loadWeights } from "../../../src/model/load/load_weights.ts";
import { openExecutor } from "../../../src/model/load/open_executor.ts";
import { readModelConfig } from "../../../src/model/load/read_model_config.ts";
import { createModelRuntime } from "../../../src/model/run/model_runtime.ts";
import { EMBEDDED_DIRECTORY } from "../../support/model_copy.ts";

const AWKWARD = fileURLToPath(new URL("../../golden/awkward/f32", import.meta.url));

const MESSAGE = /^Cannot choose a token as its logits must be finite: got /;

/** A model whose last norm has a NaN, as an overflow in its blocks would leave one. */
async function withNan(
  directory: string,
  device: "webgpu" | "cpu" | "reference",
  check: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  const checkpoint = await openCheckpoint(directory);
  const broken = {
    ...checkpoint,
    async read(name: string) {
      const tensor = await checkpoint.read(name);
      if (name !== "model.norm.weight" || tensor.kind !== "dense") return tensor;
      return { ...tensor, data: tensor.data.fill(0xff) };
    },
  };
  const executor = await openExecutor({ device });
  try {
    const config = await readModelConfig(checkpoint);
    const loaded = await loadWeights(broken, config, executor, "none");
    const runtime = createModelRuntime(broken, config, executor);
    await check(assembleModel(broken, runtime, { ...loaded, id: directory, fingerprint: "", identity: "" }));
  } finally {
    executor.close();
    checkpoint.close();
  }
}

for (const device of ["webgpu", "cpu", "reference"] as const) {
  for (const [head, directory] of [["its own", AWKWARD], ["a tied", EMBEDDED_DIRECTORY]]) {
    Deno.test(`generate() with ${head} head says on ${device} that logits are NaN, however it chooses`, () =>
      withNan(directory, device, async (model) => {
        for (const count of [1, 4]) {
          await assert.rejects(model.generate([3, 5, 7], count), { name: "RangeError", message: MESSAGE });
        }
        const drawn = model.generate([3, 5, 7], 4, { temperature: 1 });
        await assert.rejects(drawn, { name: "RangeError", message: MESSAGE });
      }));
  }
}
