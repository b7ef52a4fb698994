import assert from "node:assert/strict";
import { advise } from "../../src/explain/advice.ts";
import { attribute } from "../../src/explain/attribute.ts";
import type { Judged } from "../../src/explain/judged.ts";
import type { PreparedText } from "../../src/explain/prepare_text.ts";
import { checkRecord } from "../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import { resolveOptions } from "../../src/explain/methods/resolve_options.ts";
import { loadModel } from "../../src/model/model.ts";

const RESISTING = [
  { from: 0, to: 0.0625, share: 0.5 },
  { from: 0.25, to: 0.375, share: 0.0625 },
  { from: 0.5, to: 0.5625, share: 0.25 },
  { from: 0.75, to: 0.875, share: 0.125 },
];

/** The sentence about what resists, of a prompt of two tokens that takes `pathPoints` of 100 points. */
function sentence(firstFrozen: boolean, pathPoints: number, options: AttributionOptions): string | undefined {
  const text = {
    boundaryDiffers: false,
    alternative: null,
    frozen: [firstFrozen, false],
    promptTokens: [{ text: "He" }, { text: " is" }],
  } as unknown as PreparedText;
  const certified = {
    certificate: 0.2,
    met: false,
    resisting: RESISTING,
    perTarget: [],
    entryError: new Float64Array(),
  };
  const result = { certified, pathPoints, baseline: new Float64Array(1), sampling: null } as unknown as Judged;
  return advise(text, resolveOptions({ budget: 100, ...options } as AttributionOptions), result).find((line) =>
    line.includes("resists")
  );
}

Deno.test("advise() names the three worst parts of the path in order, and what may help", () => {
  assert.equal(
    sentence(true, 99, { baseline: "mean" }),
    "What resists lies at α = 0 … 0.0625 (50.0 %), 0.5 … 0.563 (25.0 %), 0.75 … 0.875 (12.5 %) of the path from the " +
      "baseline. What may help: allow more points than --budget 100.",
  );
});

Deno.test("advise() counsels by what is frozen, by the baseline and by what is left of the budget", () => {
  assert.match(
    sentence(false, 99, { baseline: "mean" })!,
    /help: freeze the first token; take another baseline; allow more/,
  );
  assert.match(sentence(true, 50, { baseline: "mean" })!, /help: take another baseline\.$/);
  assert.match(
    sentence(true, 99, { baseline: "zero" })!,
    /take another baseline, for next to zero .*; allow more points/,
  );
});

Deno.test("attribute() records what resists the certificate where it is not met, and nothing where it is", async () => {
  const model = await loadModel();
  const text = { prompt: "Olga works as a painter.", target: " She lives in Rome" };
  const missed = checkRecord(await attribute(model, text, { tolerance: 0.001, budget: 12, baseline: "zero" }));
  const met = checkRecord(await attribute(model, text, { tolerance: 0.5 }));
  model.close();
  const resisting = missed.completeness.resisting!;
  assert.ok(resisting.length > 0 && resisting.every(({ from, to, share }) => from < to && share > 0 && share <= 1));
  assert.ok(missed.advice.some((line) => line.startsWith("What resists lies at α = ")));
  assert.deepEqual(met.completeness.resisting, []);
});
