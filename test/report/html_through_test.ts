import assert from "node:assert/strict";
import { throughSection } from "../../src/report/html_through.ts";
import { recordHtml } from "../../src/report/record_html.ts";
import { sampleRecord } from "./record_sample.ts";
import { throughRecord } from "./through_sample.ts";

Deno.test("throughSection() shows the prompt once for each way, and escapes what tokens hold", () => {
  const section = throughSection(throughRecord());
  assert.equal(section.match(/<p class="way">/g)!.length, 5);
  // The prompt's tokens by five ways, and the target's: two of them are the answer.
  assert.equal(section.match(/<span style="background/g)!.length, 5 * 8 + 2);
  assert.equal(section.match(/<span class="target">/g)!.length, 2);
  assert.ok(section.includes("&lt;") && !section.includes("<b>"));
});

Deno.test("recordHtml() has chains where they were followed alone", async () => {
  assert.match(await recordHtml(throughRecord()), /<h2>chains to the answer/);
  assert.doesNotMatch(await recordHtml(sampleRecord({ tokens: true })), /chains/);
});
