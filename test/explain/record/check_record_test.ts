import assert from "node:assert/strict";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import { sampledRecord } from "../../report/record_sample.ts";
import { throughRecord } from "../../report/through_sample.ts";

/** As a stored record is read. */
function reread(record: AttributionRecord): unknown {
  return JSON.parse(JSON.stringify(record));
}

Deno.test("checkRecord() takes records with units, sampling and surrogate, and those from before there were any", () => {
  const record = sampledRecord();
  assert.deepEqual(checkRecord(reread(record)), reread(record));
  const { units: _units, sampling: _sampling, surrogate: _surrogate, ...before } = record;
  assert.deepEqual(checkRecord(reread(before)), reread(before));
});

const { units, sampling, surrogate } = sampledRecord();
const BROKEN: [what: string, change: Partial<AttributionRecord>, message: RegExp][] = [
  ["units that leave a token out", { units: { ...units!, prompt: units!.prompt.slice(1) } }, /units\.prompt's tokens/],
  [
    "too few attributions of units",
    { units: { ...units!, sequence: [1] } },
    /units\.sequence must be of length \d+: got 1/,
  ],
  ["a narrow matrix of units", { units: { ...units!, attribution: [[1]] } }, /units\.attribution/],
  [
    "a narrow matrix of standard errors",
    { sampling: { ...sampling!, tokenStandardError: [[1]] } },
    /sampling\.tokenStandardError\[0\]/,
  ],
  ["an unknown reason to stop", {
    sampling: { ...sampling!, stopped: { ...sampling!.stopped!, by: "boredom" as "budget" } },
  }, /sampling\.stopped\.by/],
  [
    "two scores of one sequence",
    { score: { ...sampledRecord().score, per: "sequence" } },
    /score\.input must be of length 1/,
  ],
  ["an unknown objective", { score: { ...sampledRecord().score, objective: "hope" as "prob" } }, /score\.objective/],
  ["a surrogate without the sequence", { surrogate: { ...surrogate!, r2: [1] } }, /surrogate\.r2 must be of length/],
];

Deno.test("checkRecord() takes chains, and refuses ones of other lengths", () => {
  const record = throughRecord();
  assert.deepEqual(checkRecord(reread(record)), reread(record));
  const { through } = record;
  const [span] = through!.spans;
  for (
    const [change, message] of [
      [{ total: [1] }, /through\.total must be of length 8: got 1/],
      [{ rest: [] }, /through\.rest must be of length 8: got 0/],
      [{ balance: [1] }, /through\.balance must be of length 5: got 1/],
      [{ spans: [{ ...span, part: [1] }] }, /through\.spans\[0\]\.part must be of length 8: got 1/],
      [{ lost: undefined }, /through\.lost must be whole: got nothing/],
    ] as const
  ) {
    assert.throws(() => checkRecord(reread({ ...record, through: { ...through!, ...change } as never })), message);
  }
});

for (const [what, change, message] of BROKEN) {
  Deno.test(`checkRecord() refuses ${what}`, () => {
    assert.throws(() => checkRecord(reread({ ...sampledRecord(), ...change })), message);
  });
}

Deno.test("checkRecord() says what to do with a record of another version", () => {
  const record = sampledRecord();
  const { tuning: _tuning, ...device } = record.device;
  assert.throws(() => checkRecord(reread({ ...record, device } as AttributionRecord)), {
    name: "TypeError",
    message:
      "Cannot use the record as device.tuning must be whole: got nothing; if an earlier version of Whence wrote " +
      "it, compute it again",
  });
  assert.throws(() => checkRecord({ ...record, schema: "whence.attribution/2" }), {
    name: "TypeError",
    message: "Cannot use the record as schema must be whole: got whence.attribution/2, which is not this version's " +
      "whence.attribution/1; compute it again",
  });
});

Deno.test("checkRecord() refuses what is no record, and numbers that are not finite", () => {
  assert.throws(() => checkRecord(null), /^TypeError: Cannot use the record as it must be whole/);
  const record = sampledRecord();
  const broken = { ...record, sequenceAttribution: record.sequenceAttribution.map(() => NaN) };
  assert.throws(() => checkRecord(broken), /^TypeError: Cannot use the record as sequenceAttribution\.0 must be whole/);
});
