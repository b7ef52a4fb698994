import assert from "node:assert/strict";
import { highlighted } from "../../../src/report/text/highlight.ts";
import { NEGATIVE, POSITIVE } from "../../../src/report/plot/theme.ts";

const channels = (color: string) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)).join(",");

Deno.test("highlighted() colours by sign, as strong as the value and no stronger than the largest", () => {
  assert.equal(
    highlighted("a", 0.5, "half"),
    `<span style="background:rgba(${channels(POSITIVE)},0.375)" title="half">a</span>`,
  );
  assert.match(highlighted("a", -1, ""), new RegExp(`rgba\\(${channels(NEGATIVE)},0\\.750\\)`));
  assert.equal(highlighted("a", 3, ""), highlighted("a", 1, ""));
});

Deno.test("highlighted() greys what has no value, and escapes text and title", () => {
  assert.equal(highlighted("<b>", null, 'a "b"'), '<span class="frozen" title="a &quot;b&quot;">&lt;b&gt;</span>');
});
