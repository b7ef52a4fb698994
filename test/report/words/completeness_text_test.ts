import assert from "node:assert/strict";
import { amountText } from "../../../src/report/words/amount_text.ts";
import { certificateText } from "../../../src/report/words/certificate_text.ts";
import { completenessText } from "../../../src/report/words/completeness_text.ts";
import { perTargetText } from "../../../src/report/words/per_target_text.ts";
import { samplingText } from "../../../src/report/words/sampling_text.ts";
import { surrogateText } from "../../../src/report/words/surrogate_text.ts";
import { recordTable } from "../../../src/report/table/record_table.ts";
import { sampledRecord, sampleRecord } from "../record_sample.ts";

const FIXED = sampleRecord({ quadrature: "gauss-legendre", steps: 5 });
const ADAPTIVE = sampleRecord({ tolerance: 0.05 });

Deno.test("amountText() writes a number in the unit of the scores", () => {
  assert.equal(amountText(1.25, FIXED), "1.25 nats");
  assert.equal(amountText(1.25, FIXED, true), "+1.25 nats");
});

Deno.test("certificateText() tells if the tolerance was met, and nothing of a fixed rule", () => {
  assert.match(certificateText(ADAPTIVE)!, /^certificate κ = [\d.]+ % \(tolerance 5.* % met\)$/);
  assert.equal(certificateText(FIXED), null);
});

Deno.test("completenessText() tells sum, gap and error, of a surrogate its fit", () => {
  assert.match(completenessText(FIXED), /^Σ = −?[\d.]+ of −?[\d.]+ nats, completeness error [\d.]+ %$/);
  assert.match(completenessText(ADAPTIVE), /, certificate κ = /);
  assert.match(completenessText(sampledRecord()), /^Σ = .*, a surrogate's weights: R² 0\.75/);
});

Deno.test("perTargetText() tells that single targets have no errors", () => {
  assert.equal(perTargetText(FIXED), null);
  const without = { ...FIXED, method: { ...FIXED.method, perTarget: false } };
  assert.match(perTargetText(without)!, /no arithmetic floor: perTarget is off$/);
});

Deno.test("samplingText() tells calls, the end of sampling and its errors", () => {
  assert.equal(samplingText(FIXED), null);
  const text = samplingText(sampledRecord())!;
  assert.match(
    text,
    /^120 model calls, ended by the number of samples, standard errors up to 0\.25, 95 % intervals ± 1\.98/,
  );
});

Deno.test("surrogateText() says why fewer coalitions were held out than asked for", () => {
  const record = sampledRecord();
  const asked = { ...record, method: { ...record.method, heldOut: 25 } as typeof record.method };
  assert.match(surrogateText(asked)!, / on 20 held out, not 25, as the others drawn are among the 100$/);
  const stopped = { ...record.sampling!.stopped!, by: "budget" as const };
  const short = { ...asked, sampling: { ...record.sampling!, stopped } };
  assert.match(surrogateText(short)!, /, not 25, as the budget is shared with the 100$/);
  const none = { ...asked, surrogate: { ...record.surrogate!, heldOut: null } };
  assert.match(surrogateText(none)!, /, none held out of 25, as the others drawn are among the 100$/);
});

Deno.test("surrogateText() tells both fits, and the interval of the second", () => {
  assert.equal(surrogateText(FIXED), null);
  const expected = /^R² 0\.75.* on 100 coalitions .*R² 0\.5.* and LDS 0\.625 \(0\.25.* to 0\.875\) on 20 held out$/;
  assert.match(surrogateText(sampledRecord())!, expected);
});

Deno.test("completenessText() does not call it an error that ablations do not sum to the gap", () => {
  const ablation = { ...FIXED, method: { name: "feature-ablation", scheme: "zero" } };
  const text = completenessText(ablation);
  assert.match(text, /^Σ = −?[\d.]+, gap −?[\d.]+ nats: ablations need not sum to it, [\d.]+ % apart$/);
  assert.match(
    recordTable(ablation),
    /^sum and gap +[\d.]+ % apart \(δ = .*\), as ablations need not sum to the gap$/m,
  );
});
