import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type ArchitectureRules, ARCHITECTURES } from "../../../src/model/load/architectures.ts";
import { loadModel } from "../../../src/model/model.ts";
import { assertClose } from "../../support/closeness.ts";
import { writeConfig } from "../../checkpoint/scratch.ts";
import { inScratch } from "../../support/in_scratch.ts";

const LLAMA = fileURLToPath(new URL("../../golden/architectures/llama3", import.meta.url));
const { prompt, target, logProbs } = JSON.parse(Deno.readTextFileSync(`${LLAMA}/expected.json`));

/** An architecture that differs from Llama in the keys that its files leave out. */
const OWN: ArchitectureRules = {
  ...ARCHITECTURES.llama,
  models: "Own",
  defaults: { ...ARCHITECTURES.llama.defaults, rms_norm_eps: 1e-4 },
};

Deno.test("an architecture of Llama's kind is one row of the table", () =>
  inScratch(async (directory) => {
    const { model_type: _, rms_norm_eps: _epsilon, ...config } = JSON.parse(
      Deno.readTextFileSync(`${LLAMA}/config.json`),
    );
    Deno.copyFileSync(`${LLAMA}/model.safetensors`, `${directory}/model.safetensors`);
    writeConfig(directory, { ...config, model_type: "own" });
    const load = () => loadModel(directory, { device: "reference", cache: "off" });
    await assert.rejects(load(), /model_type must be one of .*"llama" \(.*\).*: got "own"/);
    const table = ARCHITECTURES as Record<string, ArchitectureRules>;
    table.own = OWN;
    try {
      const model = await load();
      const [score] = await model.score([await model.embed(prompt)], target);
      assertClose(score, logProbs, { absolute: 3e-6, relative: 0 });
      model.close();
      delete table.own;
      await assert.rejects(load(), /model_type must be one of/);
    } finally {
      delete table.own;
    }
  }));
