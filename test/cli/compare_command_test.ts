import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { agreement } from "../../src/metrics/agreement.ts";
import { recordJson } from "../../src/report/text/readable_json.ts";
import { sampleRecord, withAttribution } from "../report/record_sample.ts";
import { runCli } from "../support/run_cli.ts";

const BASE = sampleRecord();
const FIRST = [3, 1, 2, 0, -1, 0.5, 0, 4];
const SECOND = [2, 1, 3, 0.5, -2, 0.25, 0, 1];

async function withRecords(check: (files: string[]) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const same = [FIRST, SECOND, [...SECOND].reverse()].map((values) => withAttribution(BASE, values));
    const records = [...same, sampleRecord({}, "another prompt")];
    const files = records.map((_, i) => `${directory}/${i}.json`);
    await Promise.all(records.map((record, i) => Deno.writeTextFile(files[i], recordJson(record))));
    await Deno.writeTextFile(`${directory}/broken.json`, "{}");
    await check([...files, `${directory}/broken.json`]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("compare gives the agreement of two records as table, JSON and CSV", () =>
  withRecords(async ([a, b]) => {
    const table = await runCli(["compare", a, b, "--top", "3"]);
    assert.equal(table.code, 0, table.stderr);
    for (const text of ["Spearman", "A / B", "of 3", "sleep", "−2.0000"]) assert.ok(table.stdout.includes(text), text);
    const json = JSON.parse((await runCli(["compare", a, b, "--top", "3", "--format", "json"])).stdout);
    assert.deepEqual(json.pairs, [{ a, b, ...agreement(FIRST, SECOND, 3) }]);
    assert.deepEqual(
      json.units.map((unit: { attributions: number[] }) => unit.attributions),
      FIRST.map((x, i) => [x, SECOND[i]]),
    );
    const [row] = parse((await runCli(["compare", a, b, "--format", "csv"])).stdout, { columns: true }) as Record<
      string,
      string
    >[];
    assert.equal(Number(row.top_overlap), agreement(FIRST, SECOND).topOverlap);
  }));

Deno.test("compare of three records says how much they vary", () =>
  withRecords(async ([a, b, c]) => {
    const { stdout } = await runCli(["compare", a, b, c]);
    assert.match(
      stdout,
      /standard deviation over all 3: [\d.]+ % of the mean; the sign is the same in all for [\d.]+ %/,
    );
    assert.equal(stdout.match(/^[AB] \/ [BC]/gm)?.length, 3);
  }));

Deno.test("compare refuses one file, files that are no records, and other prompts", () =>
  withRecords(async ([a, b, , other, broken]) => {
    const failures: [string[], number, RegExp][] = [
      [[a], 2, /two records must be named: got 1/],
      [[a, `${a}.gone`], 2, /as it must exist: got nothing/],
      [[a, broken], 1, /Cannot compare .*broken\.json: Cannot use the record as schema must be whole/],
      [
        [a, other],
        1,
        /Cannot compare .*3\.json as its .* must be those of .*0\.json: got that their prompts or units differ/,
      ],
      [[a, b, a], 2, /each record must be named once: got .*0\.json again/],
      [[a, b, "--top", "99"], 1, /k must be 1 … 8: got 99/],
      [[a, b, "--top", "0"], 2, /--top as it must be a whole number from 1 to 10000000: got "0"/],
    ];
    for (const [args, code, message] of failures) {
      const found = await runCli(["compare", ...args]);
      assert.match(found.stderr, message);
      assert.deepEqual([found.code, found.stdout], [code, ""]);
    }
  }));
