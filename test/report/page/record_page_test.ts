import assert from "node:assert/strict";
import { PAGE_SCRIPT, PAGE_STYLE } from "../../../src/report/page/page_code.ts";
import { pageDigest } from "../../../src/report/page/page_digest.ts";
import { recordPage } from "../../../src/report/page/record_page.ts";
import { sampledRecord, sampleRecord } from "../record_sample.ts";
import { throughRecord } from "../through_sample.ts";
import { openPage } from "./open_page.ts";

Deno.test("page_code.ts is made of the sources as they are (deno task page)", () => {
  const code = Deno.readTextFileSync(new URL("../../../src/report/page/page_code.ts", import.meta.url));
  assert.ok(code.includes(`digest ${pageDigest(PAGE_SCRIPT, PAGE_STYLE)}\n`), "run deno task page");
  assert.doesNotMatch(PAGE_SCRIPT, /<\/script/i);
  assert.doesNotMatch(PAGE_STYLE, /<\/style|url\(|@import/i);
});

Deno.test("recordPage() keeps every number to four digits and more, and the texts", async () => {
  const record = sampleRecord({ tokens: true, freeze: ["first"] });
  const { cells: [{ cell, text }] } = await openPage(recordPage(record));
  assert.equal(text.prompt.join(""), record.prompt.text);
  assert.equal(text.target.join(""), record.target.text);
  assert.deepEqual(text.frozen, [0]);
  assert.deepEqual([cell.tokens.idle, cell.units, cell.tokens.columns], [[0], null, null]);
  const close = (value: number, wanted: number, digits: number) =>
    assert.ok(Math.abs(value - wanted) <= 0.6 * 10 ** (1 - digits) * Math.abs(wanted), `${value} of ${wanted}`);
  cell.tokens.sequence.forEach((value, i) => close(value, record.sequenceAttribution[i], 7));
  cell.tokens.matrix!.forEach((row, t) => row.forEach((value, i) => close(value, record.tokenAttribution![t][i], 4)));
  assert.deepEqual(
    cell.tokens.scores.map(({ input }) => input),
    record.score.input.map((one) => Number(one.toPrecision(7))),
  );
});

Deno.test("recordPage() has units beside tokens, with the errors of both", async () => {
  const record = sampledRecord();
  const { units } = record;
  const { cells: [{ cell, text }] } = await openPage(recordPage(record));
  assert.deepEqual(cell.units!.sequence, units!.sequence);
  assert.deepEqual(cell.units!.errors, units!.standardError);
  assert.deepEqual(
    cell.units!.columns,
    units!.prompt.map(({ text, name }) => name === null ? text : `${name}: ${text}`),
  );
  assert.deepEqual(cell.units!.columnOf, [0, 0, ...Array.from({ length: text.prompt.length - 2 }, (_, i) => i + 1)]);
  assert.equal(cell.units!.entryErrors, null, "entries of sums have none");
  assert.deepEqual(
    cell.tokens.entryErrors,
    record.sampling!.tokenStandardError!.map((row) => row.map((error) => Number(error.toPrecision(2)))),
  );
});

Deno.test("recordPage() has a way for each span of the chains, and the answer's pieces", async () => {
  const { cells: [{ cell }] } = await openPage(recordPage(throughRecord()));
  assert.deepEqual(cell.chains!.ways.map(({ label }) => label), ["total", "direct", "through 1", "through 2", "rest"]);
  assert.deepEqual(cell.chains!.answer, [3, 4]);
  assert.deepEqual(cell.chains!.spanOf, [0, null, 1, null, null]);
  assert.deepEqual(cell.chains!.reach.map((share) => share === null), [false, true, false, true, true]);
  const { cells: [plain] } = await openPage(recordPage(sampleRecord({ tokens: true })));
  assert.equal(plain.cell.chains, null);
});

Deno.test("recordPage() has the curves of metrics and what the table says of them", async () => {
  const curve = { counts: [0, 1, 2], scores: [-1, -2, -3], controlMean: [-1, -1.5, -3], controlDeviation: [0, 0.5, 0] };
  const measure = {
    ...{ value: -2, control: { mean: -1.8, deviation: 0.1, orders: 6 }, chance: 0.5 },
    advantage: { value: 0.2, low: 0, high: 0.4 },
  };
  const cost = { calls: 1, forwardRows: 1, backwardRows: 0, seconds: 0 };
  const metrics = { scheme: "zero", seed: 1, deletion: { ...measure, curve }, sufficiency: measure, cost };
  const { cells: [{ cell }] } = await openPage(recordPage({ ...sampleRecord(), metrics }));
  assert.deepEqual(cell.metrics!.rows.map(([name]) => name), ["deletion", "sufficiency"]);
  assert.deepEqual(cell.curves.map(({ title, mean }) => [title, mean]), [[
    "deletion: units taken away",
    curve.controlMean,
  ]]);
});

Deno.test("recordPage() has the documents of a context, what depends on them, and their sentences as units", async () => {
  const record = sampleRecord({ tokens: true });
  const { tokens } = record.prompt;
  const zeros = record.target.tokens.map(() => 0);
  const partOf = (first: number, last: number, document: number) => ({
    ...{ document, resolved: true, start: tokens[first].start!, end: tokens[last].end! },
    tokens: Array.from({ length: last - first + 1 }, (_, i) => first + i),
  });
  const parts = [partOf(0, 1, 0), partOf(3, 5, 1)];
  const sums = (values: readonly number[]) => parts.map((part) => part.tokens.reduce((sum, i) => sum + values[i], 0));
  const context: NonNullable<typeof record.context> = {
    documents: parts.map(({ start, end, tokens }, d) => ({ name: `document ${d}`, start, end, tokens })),
    dependence: {
      ...{ by: "js", threshold: "mean+1sd", least: 0.1, kl: zeros, klReverse: zeros, drop: zeros },
      js: record.target.tokens.map((_, t) => t === 2 ? 0.5 : 0),
      without: record.target.tokens,
    },
    dependent: [2],
    levels: [{
      ...{ level: "sentences", parts, sequence: sums(record.sequenceAttribution), sums: [1] },
      attribution: [sums(record.tokenAttribution![2])],
    }],
    cost: { calls: 1, forwardEquivalents: 1 },
  };
  const { cells: [{ cell, text }] } = await openPage(recordPage({ ...record, context }));
  assert.deepEqual(cell.context!.dependence, [0, 0, 0.5, 0, 0]);
  assert.deepEqual([cell.context!.dependent, cell.context!.by], [[2], "js"]);
  assert.deepEqual(cell.context!.documents, [{ name: "document 0", parts: [0] }, { name: "document 1", parts: [1] }]);
  assert.deepEqual(cell.context!.attribution, [
    sums(record.tokenAttribution![2]).map((one) => Number(one.toPrecision(4))),
  ]);
  assert.deepEqual(cell.units!.columnOf, [0, 0, 1, 2, 2, 2, ...Array(text.prompt.length - 6).fill(3)]);
  assert.equal(cell.tokens.sequence.length, tokens.length, "tokens stay tokens");
});
