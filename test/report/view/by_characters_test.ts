import assert from "node:assert/strict";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { byCharacters, recordPieces, withTargetCharacters } from "../../../src/report/view/by_characters.ts";
import { byUnits } from "../../../src/report/view/by_units.ts";
import { recordPage } from "../../../src/report/page/record_page.ts";
import { openPage } from "../page/open_page.ts";
import { sampleRecord } from "../record_sample.ts";

/** Three tokens of the prompt are 東, two of the target 京. */
function splitRecord(): AttributionRecord {
  const record = sampleRecord({ tokens: true }, "a b c d");
  const at = (text: string, start: number, end: number) => ({ id: 1, text, start, end, frozen: false });
  const prompt = [at("ab", 0, 2), at("\\xe6", 2, 3), at("\\x9d", 2, 3), at("\\xb1", 2, 3)];
  const target = [at("\\xe4", 0, 1), at("\\xba\\xac", 0, 1), at("!", 1, 2)];
  return {
    ...record,
    prompt: { text: "ab東", tokens: prompt },
    target: { text: "京!", tokens: target },
    score: { ...record.score, input: [-1, -2, -4], baseline: [-2, -4, -8] },
    tokenAttribution: [[1, 2, 3, 4], [10, 20, 30, 40], [100, 200, 300, 400]],
    sequenceAttribution: [111, 222, 333, 444],
    completeness: {
      ...record.completeness,
      delta: [0, 1, 2],
      relative: [0, 0, 0],
      certificate: [0.5, 0.5, 0.5],
      entryError: null,
    },
  };
}

Deno.test("byCharacters() sums the tokens of a character, of prompt and target", () => {
  const record = splitRecord();
  const shown = byUnits(byCharacters(record, recordPieces(record)));
  assert.deepEqual(shown.prompt.tokens.map(({ text }) => text), ["ab", "東"]);
  assert.deepEqual(shown.target.tokens.map(({ text }) => text), ["京", "!"]);
  assert.deepEqual(shown.tokenAttribution, [[11, 99], [100, 900]]);
  assert.deepEqual(shown.sequenceAttribution, [111, 999]);
  assert.deepEqual(shown.score.input, [-3, -4]);
  assert.deepEqual(shown.completeness.certificate, [0.5, 0.5]);
});

Deno.test("withTargetCharacters() sums rows of units of the prompt alone", () => {
  const record = splitRecord();
  const units = {
    prompt: [{ text: "ab東", name: null, tokens: [0, 1, 2, 3], frozen: false }],
    ...{ attribution: [[10], [100], [1000]], sequence: [1110], standardError: null, entryError: null },
  };
  const shown = byUnits(withTargetCharacters({ ...record, units }, recordPieces(record)));
  assert.deepEqual(shown.tokenAttribution, [[110], [1000]]);
});

Deno.test("a page draws tokens of one character as that character, and says how many they are", async () => {
  const { cells: [{ text, cell }] } = await openPage(recordPage(splitRecord()));
  assert.deepEqual([text.prompt, text.target], [["ab", "東"], ["京", "!"]]);
  assert.deepEqual(text.joined, { 1: 3 });
  assert.deepEqual(cell.tokens.matrix, [[11, 99], [100, 900]]);
});

Deno.test("byCharacters() leaves records of whole tokens, and of an earlier version without offsets, as they are", () => {
  const record = sampleRecord({ tokens: true });
  const bare = record.prompt.tokens.map(({ id, text, frozen }) => ({ id, text, frozen }));
  const old = { ...record, prompt: { ...record.prompt, tokens: bare } };
  for (const one of [record, old]) {
    const shown = byCharacters(one, recordPieces(one));
    assert.deepEqual([shown.sequenceAttribution, shown.units], [record.sequenceAttribution, undefined]);
    assert.deepEqual(recordPieces(one).prompt.map(({ text }) => text), bare.map(({ text }) => text));
  }
});
