import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import { resolveOptions } from "../../../src/explain/methods/resolve_options.ts";
import { foresee } from "../../../src/experiment/foretell/foresee.ts";
import { loadModel } from "../../../src/model/model.ts";

const TEXT = { prompt: "Michael works", target: " in" };
const OPTIONS = { quadrature: "riemann-left", steps: 1 } as const;

Deno.test("foresee() foretells the work that a loaded model then does", async () => {
  const how = { device: "reference" } as const;
  const model = await loadModel(undefined, how);
  const foreseen = foresee(model, how);
  try {
    assert.equal(foreseen.backend, "reference");
    const { work } = await foreseen.forecast(TEXT, resolveOptions(OPTIONS));
    assert.equal(foreseen.work(), 0, "a rehearsal is no work");
    await attribute(model, TEXT, OPTIONS);
    assert.deepEqual(work, [foreseen.work(), foreseen.work()]);
  } finally {
    foreseen.close();
    model.close();
  }
});
