import assert from "node:assert/strict";
import { completenessPivot } from "../../../../src/experiment/findings/summary/completeness_pivot.ts";
import { type CellOutcome, rowsOf } from "../../../../src/experiment/run/cell_outcome.ts";
import { resultRow } from "../../../../src/experiment/findings/result_row.ts";
import { markdownCode, markdownTable } from "../../../../src/experiment/findings/summary/markdown.ts";
import { settingsTable } from "../../../../src/experiment/findings/summary/settings_table.ts";
import { summaryText } from "../../../../src/experiment/findings/summary/summary_text.ts";
import { closedFormRecord } from "../../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../../explain/fake_model.ts";

const PLAN = planOf(
  SWEEP.replace("Michael paints", "Mi|chael *paints*").replace("Does the runner", "Does the `runner`"),
);
const OUTCOMES: CellOutcome[] = PLAN.cells.map((cell) => ({
  cell,
  status: "computed",
  row: resultRow(cell, closedFormRecord(cell.text, cell.options)),
}));
const ROWS = rowsOf(OUTCOMES);

Deno.test("completenessPivot() has the errors of fixed rules by steps and adaptive with its points", () => {
  const { head, rows } = completenessPivot(ROWS);
  assert.deepEqual(head, ["prompt", "path", "rule", "5", "20", "50", "error (points)"]);
  assert.equal(rows.length, 10);
  assert.deepEqual(rows.map((row) => row.slice(0, 3)).slice(0, 5), [
    ["michael", "zero", "riemann-middle"],
    ["michael", "mean", "riemann-middle"],
    ["michael", "zero", "adaptive"],
    ["michael", "delete", "ablation"],
    ["michael", "token:0", "ablation"],
  ]);
  assert.ok(rows[0].slice(3, 6).every((text) => / %$/.test(text)) && rows[0][6] === "");
  assert.match(rows[2][6], / % \(\d+\)$/);
});

Deno.test("tables call the sum of ablations apart from the gap, not in error", () => {
  const ablations = completenessPivot(ROWS).rows.filter((row) => row[2] === "ablation").map((row) => row[6]);
  assert.ok(
    ablations.length > 0 && ablations.every((text) => /^([\d.e−]+ % apart|n\/a)$/.test(text)),
    ablations.join(),
  );
  assert.ok(ablations.some((text) => text.endsWith("apart")));
  const medians = settingsTable(ROWS).rows.map(([label, , median]) => [label, median]);
  for (const [label, median] of medians) {
    if (median !== "") assert.equal(median.endsWith("apart"), label.includes("ablation"), `${label}: ${median}`);
  }
});

Deno.test("summaryText() names question, models, prompts, plots and how to repeat it", () => {
  const text = summaryText(PLAN, OUTCOMES, "some dir/out", true);
  assert.ok(text.startsWith("# trial\n\n*Does the \\`runner\\` keep what it computed?*\n"));
  assert.ok(text.includes("Mi\\|chael \\*paints\\* in Austin"));
  assert.ok(text.includes("![completeness error against path points](plots/completeness.svg)"));
  assert.ok(text.includes(`![${PLAN.cells[6].id}](plots/${PLAN.cells[6].id}.bar.svg)`), "the certified cell's bars");
  assert.ok(text.includes("\nwhence experiment trial.yaml --out 'some dir/out'\n"));
  for (const { id } of PLAN.cells) assert.ok(text.includes(`](cells/${id}.json)`));
});

Deno.test("summaryText() shows the pictures of the prompts first, and links those of all cells where they are drawn", () => {
  const text = summaryText(PLAN, OUTCOMES, "out", true);
  assert.ok(text.indexOf(".bar.svg)") < text.indexOf("## Completeness error"));
  assert.ok(!text.includes("[bars]"));
  const drawn = summaryText({ ...PLAN, plots: "cells" }, OUTCOMES, "out", true);
  for (const { id, options } of PLAN.cells) {
    assert.ok(drawn.includes(`[bars](plots/${id}.bar.svg)`));
    assert.equal(drawn.includes(`plots/${id}.heat.svg`), options.method === "feature-ablation");
  }
});

Deno.test("summaryText() quotes each prompt once, with its pictures or else with its cells", () => {
  for (const plots of ["prompts", "summary"] as const) {
    const text = summaryText({ ...PLAN, plots }, OUTCOMES, "out", true);
    assert.equal(text.match(/^> /gm)?.length, 2);
    assert.equal(text.includes(".bar.svg"), plots === "prompts");
  }
});

Deno.test("summaryText() shows what was generated, cut if it is long, and in the cells' table where it differs", () => {
  const plan = planOf(
    SWEEP.replace('target: " that is"', "generate: 4").replace('target: " paints."', "generate: 400"),
  );
  const outcomes = (textOf: (text: string, i: number) => string) =>
    plan.cells.map((cell, i): CellOutcome => {
      const row = resultRow(cell, closedFormRecord(cell.text, cell.options));
      return { cell, status: "computed", row: { ...row, target: { ...row.target, text: textOf(row.target.text, i) } } };
    });
  const same = summaryText(plan, outcomes((text) => text), "out", true);
  assert.match(same, /^> to be or not to be → \*\*made up made up\*\* \(generated, at most 4 tokens\)$/m);
  assert.match(same, /^> Mi.* → \*\*made up made [^*]{150,200}…\*\* \(generated, at most 400 tokens\)$/m);
  assert.doesNotMatch(same, /^\| cell .*generated/m);
  const others = summaryText(plan, outcomes((text, i) => i % 5 === 0 ? "" : ` *${i % 5}*\n${text}`), "out", true);
  assert.match(
    others,
    /^> to be.* → \*\*\\\*4\\\*↵ made up made up\*\* or \*\*∅\*\* or .* and 2 others \(generated, at most 4 tokens\)$/m,
  );
  assert.equal(others.match(/^\| cell \| generated \| objective /gm)?.length, 2);
  assert.equal(others.match(/^\| \[[0-9a-f]{8}\][^|]* \| ∅ \| /gm)?.length, 4);
});

Deno.test("summaryText() says how many cells went without forward mode, and their names do", () => {
  assert.ok(!summaryText(PLAN, OUTCOMES, "out", true).includes("perTarget"));
  const plan = planOf(SWEEP.replace("    steps: [5, 20, 50]\n", "    steps: 5\n    perTarget: [true, false]\n"));
  const outcomes: CellOutcome[] = plan.cells.map((cell) => ({
    cell,
    status: "computed",
    row: resultRow(cell, closedFormRecord(cell.text, cell.options)),
  }));
  assert.match(summaryText(plan, outcomes, "out", true), /^- Without forward mode \(perTarget: false\): 4 cells/m);
  assert.equal(plan.cells.filter(({ id }) => id.includes("no-per-target")).length, 4);
});

Deno.test("summaryText() gives each advice once with the number of cells it is for", () => {
  const text = summaryText(PLAN, OUTCOMES, "out", true);
  assert.equal(text.match(/The first token is attributed/g)?.length, 1);
  assert.ok(text.includes("(18 cells)"));
});

Deno.test("summaryText() has no section of failed cells where none failed, and says what failed where some did", () => {
  assert.ok(!summaryText(PLAN, OUTCOMES, "out", true).includes("## Failed cells"));
  const failed: CellOutcome = { cell: PLAN.cells[0], status: "failed", error: "Cannot <b>\nwork" };
  const text = summaryText(PLAN, [failed, ...OUTCOMES.slice(1)], "out", false);
  assert.ok(text.includes(`## Failed cells\n\n- Cannot \\<b\\>↵work: \`${PLAN.cells[0].id}\`\n`));
  assert.ok(text.includes("17 of 18 done"));
  assert.ok(!text.includes("plots/completeness.svg"));
});

Deno.test("summaryText() has tables whose rows all have as many cells as their head", () => {
  const lines = summaryText(PLAN, OUTCOMES, "out", true).split("\n");
  const count = (line: string) => line.replaceAll("\\|", "").split("|").length;
  lines.forEach((line, i) => {
    if (line.startsWith("|") && lines[i - 1].startsWith("|")) assert.equal(count(line), count(lines[i - 1]), line);
  });
});

Deno.test("summaryText() repeats the options of the command line", () => {
  const plan = { ...PLAN, overrides: { model: "my model", device: "reference" as const } };
  const text = summaryText(plan, OUTCOMES, "out", true);
  assert.ok(text.includes("trial.yaml --model 'my model' --device reference --out out\n"));
});

Deno.test("summaryText() escapes the texts of cells, models, devices and files, whatever they begin with", () => {
  const evil = "[x](http://evil) <b> `|\n# &lt;";
  const lives = /(?<!\\)\[x\]\(http|(?<!\\)<b>|^# &/m;
  const [first] = ROWS;
  const row = {
    ...first,
    unit: evil,
    top: { ...first.top!, token: evil },
    model: { ...first.model, id: evil, architecture: evil, quantization: evil },
    device: { ...first.device, backend: evil, adapter: evil },
  } as unknown as typeof first;
  const plan = { ...PLAN, name: evil, question: evil, file: `${evil}.yaml` };
  const outcomes: CellOutcome[] = [{ cell: row.cell, status: "computed", row }, ...OUTCOMES.slice(1)];
  const text = summaryText(plan, outcomes, "out\n```\n# x", true);
  const [marked, command] = text.split("```sh\n");
  assert.doesNotMatch(marked, lives);
  assert.ok(marked.includes("| \\[x\\](http://evil) \\<b\\> \\`\\|↵\\# \\&lt; "), "the most important token");
  assert.equal(command.split("\n").findIndex((line) => line.startsWith("```")), 1, "the command takes one line");
});

Deno.test("markdownTable() writes links and texts, markdownCode() a fence longer than those inside", () => {
  const link = { text: "a]b", file: "cells/a b)(.json" };
  const table = { head: ["[h](x)"], rows: [["[t](x)"], [[link]]] };
  assert.equal(
    markdownTable(table),
    "| \\[h\\](x) |\n| --- |\n| \\[t\\](x) |\n| [a\\]b](cells/a%20b%29%28.json) |",
  );
  assert.deepEqual([markdownCode("a\nb"), markdownCode("a``b")], ["`a↵b`", "``` a``b ```"]);
});
