import { fileURLToPath } from "node:url";
import type { Replacement } from "../../../src/perturbation/prompt_variant.ts";
import { loadModel } from "../../../src/model/model.ts";
import golden from "../../golden/schemes/expected.json" with { type: "json" };
import { assertClose } from "../../support/closeness.ts";
import { promptScorer } from "../../support/prompt_scorer.ts";

// Log-probs of size 10 against PyTorch's in f64; the reference differs by its f32 table of rotations alone.
const TOLERANCES = {
  webgpu: { absolute: 2e-5, relative: 0 },
  cpu: { absolute: 2e-5, relative: 0 },
  reference: { absolute: 3e-6, relative: 0 },
} as const;

const directoryOf = (name: string) =>
  fileURLToPath(
    new URL(
      name === "biography" ? "../../../experiments/models/biography" : `../../golden/awkward/${name}`,
      import.meta.url,
    ),
  );

for (const device of ["webgpu", "cpu", "reference"] as const) {
  for (const [name, cases] of Object.entries(golden.models)) {
    // The f64 reference of the embedded model takes minutes for what the small ones show.
    if (device === "reference" && name === "biography") continue;
    Deno.test(`${name} on ${device}: tokens taken away in place score as in PyTorch's f64`, async () => {
      const model = await loadModel(directoryOf(name), { device });
      try {
        for (const one of cases) {
          for (const [kind, { kept, scores }] of Object.entries(one.schemes)) {
            const scorer = await promptScorer(model, one, { kind } as Replacement);
            const found = await scorer.score(kept.map((mask) => Uint8Array.from(mask)));
            found.forEach((score, i) =>
              assertClose(score.subarray(0, -1), scores[i], TOLERANCES[device], `${one.name} ${kind} ${kept[i]}`)
            );
          }
        }
      } finally {
        model.close();
      }
    });
  }
}
