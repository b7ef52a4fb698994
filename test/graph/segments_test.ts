import assert from "node:assert/strict";
import { repeatedSegments } from "../../src/graph/segments.ts";

const segmentsOf = (text: string) => repeatedSegments([...text]).map(({ first, end }) => text.slice(first, end));

for (
  const [text, expected, why] of [
    ["", [], "nothing"],
    ["abcdef", ["abcdef"], "nothing that repeats"],
    ["xabcdabcdabcdy", ["x", "abcd", "abcd", "abcd", "y"], "layers between a start and an end"],
    ["abcabcabc", ["abcabcabc"], "repetitions that are too short, in pairs a third is left of"],
    ["abcdefabcdefab", ["abcdef", "abcdef", "ab"], "a last layer cut short"],
    ["abcdabcdzefghefghefgh", ["abcd", "abcd", "z", "efgh", "efgh", "efgh"], "a forward and a reverse pass"],
    ["aabcdaabcdaabcd", ["aabcd", "aabcd", "aabcd"], "layers that repeat within themselves"],
  ] as const
) Deno.test(`repeatedSegments() cuts ${why}`, () => assert.deepEqual(segmentsOf(text), expected));

Deno.test("repeatedSegments() leaves out nothing and orders nothing anew", () => {
  const keys = Array.from({ length: 300 }, (_, i) => String(i * i % 7 === 0 ? i : i % 6));
  const cuts = repeatedSegments(keys);
  assert.equal(cuts[0].first, 0);
  assert.equal(cuts.at(-1)!.end, keys.length);
  cuts.slice(1).forEach(({ first }, i) => assert.equal(first, cuts[i].end));
});
