import assert from "node:assert/strict";
import { displayWidth, fitWidth } from "../../../src/report/text/display_width.ts";

const CASES: [string, number][] = [
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["東京", 4],
  ["한글", 4],
  ["ｆｕ", 4],
  ["ｱｲ", 2],
  ["︙", 2],
  ["👩‍🚀", 2],
  ["🇯🇵", 2],
  ["❤️", 2],
  ["αβγ", 3],
  ["1#", 2],
  ["", 0],
];
for (const [text, width] of CASES) {
  Deno.test(`displayWidth() is ${width} for ${JSON.stringify(text)}`, () => assert.equal(displayWidth(text), width));
}

Deno.test("fitWidth() pads and cuts wide characters to exactly the width", () => {
  assert.equal(fitWidth("東京", 6), "東京  ");
  assert.equal(fitWidth("東京都", 5), "東京…");
  assert.equal(fitWidth("東京都", 4), "東… ");
});
