import { fileURLToPath } from "node:url";
import { loadModel } from "../../src/model/model.ts";
import golden from "../golden/inseq/expected.json" with { type: "json" };
import { withIds } from "../support/id_tokenizer.ts";
import { checkInseq } from "../support/inseq_case.ts";

for (const [name, one] of Object.entries(golden.cases)) {
  const isEmbedded = name === "biography";
  const directory = isEmbedded ? "../../experiments/models/biography" : `../golden/awkward/${name}`;

  Deno.test(`${name}: gradient methods and ablation are Inseq's, for probabilities and logits`, async () => {
    const loaded = await loadModel(fileURLToPath(new URL(directory, import.meta.url)), { device: "cpu" });
    try {
      await checkInseq(isEmbedded ? loaded : withIds(loaded), one);
    } finally {
      loaded.close();
    }
  });
}
