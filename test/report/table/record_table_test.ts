import assert from "node:assert/strict";
import { displayWidth } from "../../../src/report/text/display_width.ts";
import { recordTable } from "../../../src/report/table/record_table.ts";
import { sampledRecord, sampleRecord, withAttribution } from "../record_sample.ts";
import { throughRecord } from "../through_sample.ts";

/** The lines of the prompt's rows: between the head of the table and the next empty line. */
function promptRows(table: string): string[] {
  const lines = table.split("\n");
  const head = lines.findIndex((line) => line.includes("# token"));
  return lines.slice(head + 1, lines.indexOf("", head));
}

Deno.test("recordTable() has one row a prompt token, repeated words included", () => {
  const rows = promptRows(recordTable(sampleRecord()));
  const words = rows.map((row) => row.slice(4).split(/\s/)[0]);
  assert.deepEqual(words, ["go", "to", "<", "b", ">", "&", "to", "sleep"]);
});

Deno.test("recordTable() draws bars left of the axis for negative and right of it for positive values", () => {
  const record = withAttribution(sampleRecord(), [4, -2, 0, 0, 0, 0, 0, 2]);
  const rows = promptRows(recordTable(record));
  const blocks = (text: string) => [...text].filter((c) => c === "█").length;
  const sides = rows.map((row) => row.split("│").map(blocks));
  assert.ok(sides[0][0] === 0 && sides[0][1] > 20);
  assert.ok(sides[1][1] === 0 && Math.abs(sides[1][0] - sides[0][1] / 2) <= 1);
  assert.ok(Math.abs(sides[7][1] - sides[0][1] / 2) <= 1);
  assert.deepEqual(sides[2], [0, 0]);
});

for (const width of [40, 72, 100, 200]) {
  Deno.test(`recordTable() keeps the bars of wide characters within ${width} columns and aligned`, () => {
    const rows = promptRows(recordTable(sampleRecord({}, "東京 is 👩‍🚀 nice"), { width }));
    const axis = rows.map((row) => displayWidth(row.slice(0, row.indexOf("│"))));
    assert.equal(new Set(axis).size, 1);
    assert.ok(Math.max(...rows.map(displayWidth)) <= width);
  });
}

Deno.test("recordTable() marks frozen tokens and draws no bar for them", () => {
  const [first] = promptRows(recordTable(sampleRecord({ freeze: ["first"] })));
  assert.match(first, /^ {2}0 go +frozen +·$/);
});

Deno.test("recordTable() says whether the tolerance was met, and gives the advice", () => {
  const met = recordTable(sampleRecord({ tolerance: 0.5 }));
  assert.match(met, /certificate κ = .* \(tolerance 50 % met\)/);
  assert.match(met, /advice +The first token is attributed/);
  const missed = recordTable(sampleRecord({ tolerance: 1e-12, budget: 10 }));
  assert.match(missed, /NOT met/);
});

Deno.test("recordTable() says why a fixed rule without forward mode has no errors of single target tokens", () => {
  const { completeness, ...record } = sampleRecord({ quadrature: "trapezoid", perTarget: false, tokens: true });
  const withMatrix = { ...record, completeness: { ...completeness, arithmeticFloor: null } };
  assert.match(recordTable(withMatrix), /^not computed +no arithmetic floor: perTarget is off$/m);
  const sums = { ...withMatrix.completeness, delta: null, relative: null };
  const table = recordTable({ ...record, completeness: sums });
  assert.match(table, /^not computed +no error of single target tokens and no arithmetic floor: perTarget is off$/m);
  assert.doesNotMatch(table.slice(0, table.indexOf("score ")), /error/);
  assert.doesNotMatch(recordTable(sampleRecord({ quadrature: "trapezoid" })), /perTarget/);
});

Deno.test("recordTable() draws nothing where every token is frozen or zero", () => {
  const record = withAttribution(sampleRecord(), new Array(8).fill(0));
  assert.ok(promptRows(recordTable(record)).every((row) => !row.includes("█")));
});

Deno.test("recordTable() says where completeness is not defined", () => {
  const record = sampleRecord();
  const sequence = { ...record.completeness.sequence, delta: null, relative: null };
  const unscored = {
    ...record,
    score: { ...record.score, baseline: null },
    completeness: { ...record.completeness, sequence },
  };
  assert.match(recordTable(unscored), /completeness +not defined: the baseline has no score/);
});

Deno.test("recordTable() fits into 60 columns whatever a record has", () => {
  const base = sampleRecord({ tolerance: 0.05 });
  const tokenAttribution = base.target.tokens.map(() => base.sequenceAttribution);
  const advice = ["A sentence of advice that is much longer than the sixty columns of a narrow terminal."];
  for (const record of [base, { ...base, tokenAttribution, advice }, sampledRecord(), throughRecord()]) {
    const wide = recordTable(record, { width: 60 }).split("\n").filter((line) => displayWidth(line) > 60);
    assert.deepEqual(wide, []);
  }
  assert.match(recordTable({ ...base, advice }, { width: 60 }), /^advice {8}A sentence .*\n {14}\S/m);
});

Deno.test("recordTable() has colours of its own alone", () => {
  const evil = "\x1b[31m\x1b]0;title\x07";
  const base = sampleRecord({}, `say ${evil}`);
  const record = { ...base, model: { ...base.model, id: evil }, advice: [evil] };
  const table = recordTable(record, { color: true });
  for (const [colour, bar] of [["38;5;32", "█+"], ["38;5;208", " *▐?█+"]]) {
    assert.match(table, new RegExp(`\x1b\\[${colour}m${bar}`));
  }
  // deno-lint-ignore no-control-regex
  assert.equal(table.replace(/\x1b\[(38;5;32|38;5;208|1|33|0)m/g, "").match(/[\x00-\x09\x0b-\x1f]/), null);
  assert.ok(!table.includes("\x1b[31m"));
});
