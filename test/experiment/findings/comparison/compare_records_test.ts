import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { compareRecords } from "../../../../src/experiment/findings/comparison/compare_records.ts";
import { recordComparisonText } from "../../../../src/experiment/findings/comparison/record_comparison_text.ts";
import { recordPairsCsv } from "../../../../src/experiment/findings/comparison/record_pairs_csv.ts";
import { agreement } from "../../../../src/metrics/agreement.ts";
import { sampleRecord, withAttribution } from "../../../report/record_sample.ts";

const RECORD = sampleRecord();
const OTHER = withAttribution(RECORD, RECORD.sequenceAttribution.map((value, i) => (i % 2 === 0 ? value : -value)));
const CONSTANT = withAttribution(RECORD, RECORD.sequenceAttribution.map(() => 1));

Deno.test("compareRecords() has the agreement of each two, with null for what does not exist", () => {
  const { pairs, stability } = compareRecords([{ name: "one", record: RECORD }, { name: "two", record: OTHER }], 2);
  const found = agreement(RECORD.sequenceAttribution, OTHER.sequenceAttribution, 2);
  assert.deepEqual(pairs, [{ a: "one", b: "two", ...found }]);
  assert.equal(stability, null);
  const [{ pearson }] = compareRecords([{ name: "one", record: RECORD }, { name: "flat", record: CONSTANT }]).pairs;
  assert.equal(pearson, null);
});

Deno.test("compareRecords() refuses one record, and records of other targets", () => {
  assert.throws(() => compareRecords([{ name: "one", record: RECORD }]), RangeError);
  const target = { ...RECORD.target, tokens: RECORD.target.tokens.map((token) => ({ ...token, id: token.id + 1 })) };
  const other = { ...RECORD, target };
  assert.throws(() => compareRecords([{ name: "one", record: RECORD }, { name: "two", record: other }]), {
    name: "RangeError",
    message: "Cannot compare two as its prompt, target and units must be those of one: got that their targets differ",
  });
});

Deno.test("compareRecords() compares models with other tokens by the places of their units in the text", () => {
  const { model, prompt, target, sequenceAttribution: values } = RECORD;
  const start = { id: 0, text: "<s>", start: -1, end: -1, frozen: true };
  const otherIds = <T extends { id: number }>(tokens: readonly T[]) => tokens.map((token) => ({ ...token, id: -1 }));
  const other = {
    ...RECORD,
    model: { ...model, fingerprint: "sha256:other" },
    prompt: { ...prompt, tokens: [start, ...otherIds(prompt.tokens)] },
    target: { ...target, tokens: otherIds(target.tokens) },
    sequenceAttribution: [9, ...values.map((value) => 2 * value)],
  };
  const named = (records: typeof RECORD[]) => records.map((record, i) => ({ name: `${i}`, record }));
  for (const records of [[RECORD, other], [other, RECORD]]) {
    const { units, pairs } = compareRecords(named(records));
    assert.deepEqual(units.map(({ text }) => text), prompt.tokens.map(({ text }) => text));
    assert.deepEqual(
      units.map(({ attributions }) => attributions.toSorted((a, b) => Math.abs(a) - Math.abs(b))),
      values.map((value) => [value, 2 * value]),
    );
    assert.ok(Math.abs(pairs[0].pearson! - 1) < 1e-12);
  }
  const [first, second, ...rest] = other.prompt.tokens.slice(1);
  const joined = { ...first, text: first.text + second.text, end: second.end };
  const wrong: [typeof RECORD, RegExp][] = [
    [{ ...other, prompt: { ...other.prompt, tokens: [joined, ...rest] } }, /got that .* give both --units words/],
    [{ ...other, prompt: { ...other.prompt, text: "another" } }, /got that their prompts differ/],
    [{ ...other, target: { ...other.target, text: "another" } }, /got that their targets differ/],
  ];
  for (const [record, message] of wrong) assert.throws(() => compareRecords(named([RECORD, record])), message);
});

Deno.test("recordComparisonText() and recordPairsCsv() have a row for each pair", () => {
  const all = compareRecords([RECORD, OTHER, CONSTANT].map((record, i) => ({ name: `record ${i}`, record })));
  const text = recordComparisonText(all);
  assert.ok(["A / B", "A / C", "B / C"].every((pair) => text.includes(`\n${pair}`)), text);
  assert.ok(text.includes("standard deviation over all 3"));
  const rows = parse(recordPairsCsv(all), { columns: true }) as Record<string, string>[];
  assert.deepEqual(Object.keys(rows[0]), [
    ...["a", "b", "pearson", "spearman", "kendall", "top_overlap", "top", "sign_agreement", "relative_distance"],
  ]);
  assert.equal(rows[1].pearson, "");
});
