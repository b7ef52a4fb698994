import assert from "node:assert/strict";
import { barChart } from "../../../src/report/plot/bar_chart.ts";
import { missingGlyphs, uncoveredCharacters } from "../../../src/report/plot/missing_glyphs.ts";
import { rasterize, renderSvg } from "../../../src/report/plot/render_figure.ts";
import { sampleRecord } from "../record_sample.ts";

Deno.test("uncoveredCharacters() are those that the packaged font lacks, marks left out", () => {
  assert.deepEqual(uncoveredCharacters("aä€ Σ κ\n\u0301\u200d"), []);
  assert.deepEqual(uncoveredCharacters("東a京東"), ["東", "京"]);
});

Deno.test("missingGlyphs() are those that look like one which no font has", () => {
  const width = 20 * 24;
  /** Draws nothing but in the second character's cell. */
  const draw = () => {
    const pixels = new Uint8Array(4 * width * 24);
    pixels[4 * (5 * width + 2 * 24 + 5)] = 255;
    return { width, pixels };
  };
  assert.deepEqual(missingGlyphs(["東", "京"], draw), ["東"]);
  assert.deepEqual(missingGlyphs([], () => assert.fail("nothing is drawn")), []);
});

Deno.test("rasterize() names characters that no font has, and is silent about others", async () => {
  for (const [text, expected] of [["Michael paints", []], ["say \u{11F04} aloud", ["\u{11F04}"]]] as const) {
    const hints: string[] = [];
    const record = sampleRecord({}, text);
    const drawn = record.prompt.tokens.some((token) => token.text.includes("\u{11F04}"));
    assert.equal(drawn, expected.length > 0);
    await rasterize(await renderSvg(barChart(record)), (sentence) => hints.push(sentence));
    assert.equal(hints.length, expected.length);
    for (const [i, one] of expected.entries()) assert.match(hints[i], new RegExp(`^No font here has ${one}: the PNG`));
  }
});
