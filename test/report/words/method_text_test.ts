import assert from "node:assert/strict";
import { allMethods } from "../../../src/explain/methods/method_table.ts";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { incompleteText } from "../../../src/report/words/incomplete_text.ts";
import { methodText } from "../../../src/report/words/method_text.ts";
import { methodTitle } from "../../../src/report/words/method_title.ts";
import { isUnsigned } from "../../../src/report/view/is_unsigned.ts";
import { sampleRecord } from "../record_sample.ts";

const RECORD = sampleRecord();

function ofMethod(method: AttributionRecord["method"]): AttributionRecord {
  return { ...RECORD, method };
}

Deno.test("methodTitle() is the table's, and of an unknown method its name as a sentence", () => {
  for (const { name, title } of allMethods()) assert.equal(methodTitle(name), title);
  assert.equal(methodTitle("later-method"), "Later method");
});

Deno.test("methodText() names a list of baselines by its length", () => {
  const path = { name: "integrated-gradients", quadrature: "trapezoid", steps: 4 };
  assert.equal(
    methodText(ofMethod({ ...path, baseline: 'samples:["zero","mean","token:0"]' })),
    "Integrated gradients, baseline samples (3), trapezoid with 4 points",
  );
  assert.equal(
    methodText(ofMethod({ ...path, baseline: "text:a\nb" })),
    "Integrated gradients, baseline text:a↵b, trapezoid with 4 points",
  );
});

Deno.test("methodText() has what a perturbation method puts in a unit's place, and its units", () => {
  const record = ofMethod({ name: "lime", scheme: "token:0", units: "words" });
  assert.equal(
    methodText({ ...record, score: { ...record.score, objective: "prob" } }),
    "LIME, objective prob, words, scheme token:0",
  );
});

Deno.test("incompleteText() follows from what the method yields", () => {
  assert.equal(incompleteText(ofMethod({ name: "saliency" })), "sizes of gradients");
  assert.equal(incompleteText(ofMethod({ name: "smooth-grad-x-input" })), "gradients around the prompt");
  assert.equal(incompleteText(ofMethod({ name: "occlusion" })), "the baseline has no score");
  assert.ok(!isUnsigned(ofMethod({ name: "later-method" })));
});
