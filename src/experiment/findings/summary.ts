import { numberText, percentText } from "../../report/text/number_text.ts";
import type { TextTable } from "../../report/text/text_table.ts";
import { oneLine, visibleText } from "../../report/text/visible_token.ts";
import type { Comparison } from "./comparison.ts";
import type { Findings } from "./findings.ts";
import { findingsTable } from "./findings_table.ts";
import { configHash } from "../run/manifest.ts";
import { WHENCE_VERSION } from "../run/version.ts";
import { methodOf } from "../../explain/methods/method_table.ts";
import { completenessPivot } from "./pivot.ts";
import type { Cell, ExperimentPlan } from "../run/cell.ts";
import { type CellOutcome, failuresOf, rowsOf } from "../run/cell_outcome.ts";
import { isUnmet, type ResultRow } from "./results.ts";
import { pathText, ruleText, usualFreeze } from "./row_words.ts";

/** Cells with the largest completeness errors that the summary names. */
const WORST = 5;

/** What was found beside completeness. */
export interface Found {
  readonly comparisons: readonly Comparison[];
  readonly findings: readonly Findings[];
  /** Comparisons whose distances were drawn. */
  readonly distances: readonly string[];
}

const NOTHING: Found = { comparisons: [], findings: [], distances: [] };

/** The Markdown of summary.md: the same results give the same text. `directory` is where it is going to stand. */
export function summaryText(
  plan: ExperimentPlan,
  outcomes: readonly CellOutcome[],
  directory: string,
  hasPlot: boolean,
  found: Found = NOTHING,
): string {
  const rows = rowsOf(outcomes);
  return [
    `# ${plan.name}`,
    `*${cellText(plan.question.trim())}*`,
    overview(rows, outcomes.length),
    failedSection(outcomes),
    rows.length > 0 ? `## Completeness error by path points\n\n${markdownTable(completenessPivot(rows))}` : "",
    hasPlot ? "![completeness error against path points](plots/completeness.svg)" : "",
    ...findingsSections(found),
    worstSection(rows),
    notComparedSection(found),
    truthErrors(rows),
    adviceSection(rows),
    ...plan.cells.map(({ prompt }) => prompt).filter((name, i, all) => all.indexOf(name) === i)
      .map((name) => promptSection(name, rows.filter((row) => row.cell.prompt === name), usualFreeze(rows), plan)),
    repeatSection(plan, directory),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

function overview(rows: readonly ResultRow[], total: number): string {
  const models = new Set(
    rows.map(({ model, cell }) =>
      `- Model: ${cellText(model.id)} (${model.architecture}, ${model.parameters} parameters, ${model.quantization}` +
      `${
        cell.model.quantize === "none" ? "" : `, quantized to ${cell.model.quantize} at load`
      }), \`${model.fingerprint}\``
    ),
  );
  const devices = new Set(rows.map(({ device }) => `- Device: ${device.backend}, ${cellText(device.adapter)}`));
  const seconds = rows.reduce((sum, row) => sum + row.cost.seconds, 0);
  const without = rows.filter(({ cell }) => cell.recorded.perTarget === false).length;
  const reduced = without === 0 ? [] : [
    `- Without forward mode (perTarget: false): ${without} cells have no arithmetic floor, and no errors of single ` +
    "target tokens but for those with the matrix",
  ];
  const counts = `- Cells: ${rows.length} of ${total} done, ${numberText(seconds, 3)} s of computing`;
  return [...models, ...devices, counts, ...reduced].join("\n");
}

function failedSection(outcomes: readonly CellOutcome[]): string {
  const failed = failuresOf(outcomes);
  if (failed.length === 0) return "";
  const lines = [...Map.groupBy(failed, ({ error }) => error)].map(([error, cells]) =>
    `- ${cellText(error)}: ${cells.map(({ cell }) => `\`${cell.id}\``).join(", ")}`
  );
  return `## Failed cells\n\n${lines.join("\n")}`;
}

function worstSection(rows: readonly ResultRow[]): string {
  const ranked = rows.filter((row) => row.sequence.relative !== null && methodOf(row.cell.options.method).alongOnePath)
    .sort((a, b) => b.sequence.relative! - a.sequence.relative!).slice(0, WORST);
  if (ranked.length === 0) return "";
  const lines = ranked.map((row) => `- ${percentText(row.sequence.relative)}: \`${row.cell.id}\``);
  return `## Largest completeness errors of integrated gradients\n\n${lines.join("\n")}`;
}

function adviceSection(rows: readonly ResultRow[]): string {
  const cells = new Map<string, Cell[]>();
  for (const { advice, cell } of rows) {
    for (const sentence of new Set(advice)) cells.set(sentence, [...cells.get(sentence) ?? [], cell]);
  }
  if (cells.size === 0) return "";
  const lines = [...cells].map(([sentence, from]) =>
    `- ${cellText(sentence)} (${from.length === 1 ? `\`${from[0].id}\`` : `${from.length} cells`})`
  );
  return `## Advice\n\n${lines.join("\n")}`;
}

function findingsSections({ findings, distances }: Found): string[] {
  return [
    ...findings.map((one) =>
      `## ${one.title}\n\nMeans over prompts with 95 % intervals of a bootstrap over prompts (findings.csv).\n\n` +
      `${markdownTable(findingsTable(one))}\n\n![${one.title}](plots/${one.name}.svg)`
    ),
    ...distances.map((name) => `![distance from the reference, ${name}](plots/distance-${name}.svg)`),
  ];
}

function notComparedSection({ comparisons }: Found): string {
  const lines = comparisons.flatMap(({ name, notes }) => notes.map((note) => `- ${name}: ${cellText(note)}`));
  return lines.length === 0 ? "" : `## Not compared\n\n${lines.join("\n")}`;
}

function truthErrors(rows: readonly ResultRow[]): string {
  const lines = rows.flatMap(({ cell, truthError }) =>
    truthError === null ? [] : [`- \`${cell.id}\`: ${cellText(truthError)}`]
  );
  return lines.length === 0 ? "" : `## Not held against the truth\n\n${lines.join("\n")}`;
}

function promptSection(name: string, rows: readonly ResultRow[], usual: string, plan: ExperimentPlan): string {
  if (rows.length === 0) return "";
  const { text } = rows[0].cell;
  const target = text.target === undefined ? `generated, at most ${text.generate} tokens` : oneLine(text.target);
  const quoted = `> ${cellText(oneLine(text.prompt))} → **${cellText(target.trim())}**`;
  const shown = plan.plots === "cells" ? pictures(rows) : [];
  return [`## ${name}`, quoted, ...shown, markdownTable(promptTable(rows, usual, plan))].join("\n\n");
}

/** The bars of the most trustworthy integrated gradients, and a heat map if there is one. */
function pictures(rows: readonly ResultRow[]): string[] {
  const error = ({ sequence }: ResultRow) => sequence.certificate ?? sequence.relative ?? Infinity;
  const ranked = [...rows].sort((a, b) => rank(a) - rank(b) || error(a) - error(b));
  const image = ({ cell }: ResultRow, kind: string) => `![${cell.id}](plots/${cell.id}.${kind}.svg)`;
  const heat = ranked.find((row) => row.hasMatrix);
  return [image(ranked[0], "bar"), ...(heat ? [image(heat, "heat")] : [])];
}

/** Certified before uncertified integrated gradients before ablation. */
function rank({ cell, sequence }: ResultRow): number {
  return sequence.certificate !== null ? 0 : methodOf(cell.options.method).alongOnePath ? 1 : 2;
}

function promptTable(rows: readonly ResultRow[], usual: string, { plots }: ExperimentPlan): TextTable {
  return {
    head: [
      "cell",
      "objective",
      "path or scheme",
      "rule",
      "points",
      "Σ",
      "gap",
      "error",
      "κ",
      "met",
      "most from",
      "s",
      "plots",
    ],
    rows: rows.map((row) => {
      const { options, id } = row.cell;
      return [
        `[${id.slice(-8)}](cells/${id}.json)`,
        row.unit === "nats" ? options.objective : `${options.objective} (${row.unit})`,
        pathText(row.cell, usual),
        ruleText(row.cell),
        pointsText(row),
        numberText(row.sum),
        numberText(row.gap),
        percentText(row.sequence.relative),
        row.sequence.certificate === null ? "" : percentText(row.sequence.certificate),
        metText(row),
        row.top ? `${visibleText(row.top.token)} ${numberText(row.top.attribution, 3)}` : "",
        numberText(row.cost.seconds, 2),
        plots === "cells" ? plotLinks(row) : "",
      ];
    }),
  };
}

/** Path points, those that were asked for where they were; none for perturbation methods. */
function pointsText({ cell: { options, recorded }, cost }: ResultRow): string {
  return methodOf(options.method).family === "perturbation" ? "" : String(recorded.steps ?? cost.pathPoints);
}

/** Whether the tolerance, or the standard error, that was asked for was reached. */
function metText(row: ResultRow): string {
  const asked = row.sequence.met !== null || (row.sampling?.stopped?.met ?? null) !== null;
  return !asked ? "" : isUnmet(row) ? "NO" : "yes";
}

function plotLinks({ cell, hasMatrix }: ResultRow): string {
  const heat = hasMatrix ? `, [heat map](plots/${cell.id}.heat.svg)` : "";
  return `[bars](plots/${cell.id}.bar.svg)${heat}`;
}

function repeatSection(plan: ExperimentPlan, directory: string): string {
  const overrides = Object.entries(plan.overrides).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${shellWord(value)}`).join("");
  return `## To repeat it

\`\`\`sh
deno task experiment ${shellWord(plan.file)}${overrides} --out ${shellWord(directory)}
\`\`\`

Whence ${WHENCE_VERSION}, Deno ${Deno.version.deno}; configuration \`${configHash(plan.configText)}\`, kept in
manifest.json. All numbers are in results.csv, each cell's whole record in cells/.`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A GitHub-flavoured Markdown table. */
function markdownTable({ head, rows }: TextTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.startsWith("[") ? cell : cellText(cell)).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Text that Markdown shows as it is, on one line. */
function cellText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`);
}
