import assert from "node:assert/strict";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { packRecord, unpackRecord } from "../../../src/experiment/store/packed_record.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";

const ABLATION = planOf(SWEEP).cells.find(({ options }) => options.method === "feature-ablation")!;
const RECORD = closedFormRecord(ABLATION.text, ABLATION.options);

/** Numbers between -1 and 1 by a linear congruential generator, of sizes that differ by factors of up to 10^scale. */
function numbers(count: number, scale: number): number[] {
  let state = 20261130;
  const next = () => (state = (1103515245 * state + 12345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: count }, () => (2 * next() - 1) * 10 ** (-scale * next()));
}

function recordWith(rows: readonly (readonly number[])[], changes: Partial<AttributionRecord> = {}): AttributionRecord {
  return { ...RECORD, tokenAttribution: rows, ...changes };
}

const readBack = (record: AttributionRecord) => unpackRecord(packRecord(record)) as AttributionRecord;

Deno.test("packRecord() leaves all of a record as it is but for the last digits of its matrices", () => {
  const rows = Array.from({ length: 7 }, (_, t) => numbers(50, t));
  const read = readBack(recordWith(rows));
  assert.deepEqual(
    { ...read, tokenAttribution: null },
    JSON.parse(JSON.stringify({ ...RECORD, tokenAttribution: null })),
  );
  assert.deepEqual(Object.keys(read), Object.keys(RECORD));
  for (const [t, row] of rows.entries()) {
    const bound = 2 ** -19 * Math.max(...row.map(Math.abs));
    row.forEach((value, i) => assert.ok(Math.abs(read.tokenAttribution![t][i] - value) <= bound, `${t} ${i}`));
  }
});

Deno.test("packRecord() gives the same record again for one that was read", () => {
  const once = readBack(recordWith(Array.from({ length: 5 }, () => numbers(40, 6))));
  assert.deepEqual(readBack(once), once);
});

for (
  const [what, row] of [
    ["zeros", [0, 0, 0]],
    ["the least number there is", [5e-324, 0, -5e-324]],
    ["the largest ones", [Number.MAX_VALUE, -Number.MAX_VALUE / 3, 1]],
    ["one just below a power of two", [2 - 2 ** -52, 1, -(2 ** -17)]],
    ["powers of two", [2 ** -30, -(2 ** -31), 2 ** -40]],
  ] as const
) {
  Deno.test(`packRecord() keeps a row of ${what}`, () => {
    const [read] = readBack(recordWith([row])).tokenAttribution!;
    const bound = 2 ** -19 * Math.max(...row.map(Math.abs));
    row.forEach((value, i) => assert.ok(Math.abs(read[i] - value) <= bound, `${read[i]} is not ${value}`));
  });
}

Deno.test("packRecord() keeps every bit of a device that computes in f64", () => {
  const rows = [numbers(30, 9), numbers(30, 0)];
  const reference = { ...RECORD.device, backend: "reference" } as const;
  assert.deepEqual(readBack(recordWith(rows, { device: reference })).tokenAttribution, rows);
});

Deno.test("packRecord() packs the matrices of units, of the target's own rows and of errors, too", () => {
  const matrix = [numbers(12, 3), numbers(12, 3)];
  const record = recordWith(matrix, {
    units: { prompt: [], attribution: matrix, sequence: [], standardError: null, entryError: null },
    prefix: { attribution: matrix, sequence: [1, 2], standardError: null, entryError: matrix },
    completeness: { ...RECORD.completeness, entryError: [1, 2, 3] },
  });
  const read = readBack(record);
  assert.deepEqual(read.units!.attribution, read.tokenAttribution);
  assert.deepEqual(read.prefix!.attribution, read.tokenAttribution);
  assert.deepEqual(read.prefix!.entryError, read.tokenAttribution);
  assert.deepEqual(read.completeness.entryError, [1, 2, 3]);
});

Deno.test("packRecord() takes 30,000 bytes for 100 × 100 numbers that nothing compresses", () => {
  const token = (i: number) => ({
    id: 30_000 - 7 * i,
    text: ` word${(i * 7919) % 1000}`,
    start: 9 * i,
    end: 9 * i + 8,
  });
  const rows = Array.from({ length: 100 }, () => numbers(100, 2));
  const tokens = Array.from({ length: 100 }, (_, i) => token(i));
  const record = recordWith(rows, {
    sequenceAttribution: numbers(100, 2),
    prompt: { text: "word ".repeat(100), tokens: tokens.map((one) => ({ ...one, frozen: false })) },
    target: { text: "word ".repeat(100), tokens },
    score: { ...RECORD.score, input: numbers(100, 2), baseline: numbers(100, 2) },
    completeness: { ...RECORD.completeness, delta: numbers(100, 2), relative: numbers(100, 2) },
  });
  const { length } = packRecord(record);
  assert.ok(length <= 30_000, `${length} bytes`);
});
