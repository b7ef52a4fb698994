import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { GAME_METHOD_NAMES, GAME_METHODS } from "../support/game_methods.ts";
import type { Replacement } from "../../src/perturbation/prompt_variant.ts";
import type { LanguageModel } from "../../src/model/model.ts";
import golden from "../golden/schemes/expected.json" with { type: "json" };
import { assertClose } from "../support/closeness.ts";
import { lendModel } from "../model/lent_model.ts";
import { promptScorer } from "../support/prompt_scorer.ts";

const F32 = fileURLToPath(new URL("../golden/awkward/f32", import.meta.url));
const { prompt, target } = golden.models.f32[0];
// The prompt's first token is always kept, so that deletions leave something; its last one, which predicts, is in a
// unit.
const GROUPS = [[1, 2], [3], [4, 5, 6], [7, 8], [9, 10]];

/** Tokens that take the place of each position's. */
const OTHERS = prompt.map((id) => (7 * id + 3) % 203);

async function replacements(model: LanguageModel): Promise<Replacement[]> {
  return [
    { kind: "delete" },
    { kind: "delete-in-place" },
    { kind: "mask-attention" },
    { kind: "rows", rows: await model.embed(OTHERS) },
  ];
}

// Few draws, the same on either side; KernelSHAP with every coalition.
const OPTIONS = { seed: 3, samples: 24, heldOut: 4, pairs: 8, calls: 32, window: 2 };

for (const name of GAME_METHOD_NAMES) {
  Deno.test(`${name} gives on WebGPU what it gives in f64, whatever takes the units' place`, async () => {
    const [fast, exact] = [await lendModel(F32, { device: "webgpu" }), await lendModel(F32, { device: "reference" })];
    for (const replacement of await replacements(exact)) {
      const run = async (model: LanguageModel) =>
        await GAME_METHODS[name].run(
          await promptScorer(model, { prompt, target, groups: GROUPS }, replacement),
          OPTIONS,
        );
      const [actual, expected] = [await run(fast), await run(exact)];
      // Fits divide differences of scores, each off by 2e-5, by what tells coalitions apart.
      const tolerance = { absolute: 2e-4, relative: 1e-4 };
      assertClose(actual.attribution, expected.attribution, tolerance, `${replacement.kind} attribution`);
      assertClose(actual.sequence, expected.sequence, tolerance, `${replacement.kind} sequence`);
      assert.equal(actual.calls, expected.calls);
    }
  });
}
