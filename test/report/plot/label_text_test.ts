import assert from "node:assert/strict";
import { cutLabel, labelLines, labelWidth } from "../../../src/report/plot/label_text.ts";

Deno.test("cutLabel() keeps as many characters as fit with the dots", () => {
  const label = "a label that is long";
  assert.equal(cutLabel(label, labelWidth(label)), label);
  const cut = cutLabel(label, 60);
  assert.match(cut, /^a label.*…$/);
  assert.ok(labelWidth(cut) <= 60 && labelWidth(cut) > 45, `${labelWidth(cut)} pixels`);
});

Deno.test("labelLines() breaks between words and cuts the last line", () => {
  const lines = labelLines("one two three four five six seven", 60, 2);
  assert.equal(lines.length, 2);
  assert.ok(lines.every((line) => labelWidth(line) <= 60));
  assert.match(lines[1], /…$/);
  assert.deepEqual(labelLines("short", 60, 2), ["short"]);
});
