import type { BenchResults, MachineResults, SectionResult } from "./bench_results.ts";
import { sectionKey } from "./bench_results.ts";
import { type Figure, significant } from "./figure.ts";
import { SECTIONS } from "./report_sections.ts";

/** Writes RESULTS.md out of results.json: the ranges over the machines, then a chapter for each. */
export function resultsMarkdown({ machines }: BenchResults): string {
  return [
    "# What was measured",
    "Written by `deno task bench:report`. Every result was checked before it was timed. Times of kernels are medians of",
    "timestamps; contenders ran in turn. Shares are of the FMA peak (12 accumulators a lane) that ran in turn with the",
    "kernel, unless the note names another. Each section names its command, and the load of the machine when it began.",
    "A machine has a chapter of its own; figures of different machines are not compared.",
    "",
    ...ranges(Object.values(machines)),
    ...Object.entries(machines).flatMap(([name, results]) => chapter(name, results)),
  ].join("\n");
}

/** A figure on several machines. */
interface Range {
  readonly figure: Figure;
  readonly device: string;
  readonly values: readonly number[];
}

function ranges(machines: readonly MachineResults[]): string[] {
  const found = rangesOf(machines);
  if (found.length === 0) return [];
  return [
    "## Over the machines",
    "Least and most of the figures that two or more machines have.",
    "",
    "| what | device | machines | least | most |",
    "|---|---|---:|---:|---:|",
    ...found.map(({ figure: { what, unit }, device, values }) =>
      `| ${what} | ${device} | ${values.length} | ${significant(Math.min(...values))} ${unit} | ${
        significant(Math.max(...values))
      } ${unit} |`
    ),
    "",
  ];
}

/** Collects the compared sections' figures by device and name, of sections that ran to their end. */
function rangesOf(machines: readonly MachineResults[]): Range[] {
  const compared = Object.entries(SECTIONS).filter(([, section]) => section.compared).map(([name]) => name);
  const all = compared.flatMap((name) =>
    machines.flatMap(({ sections }) =>
      Object.entries(sections)
        .filter(([key, { device, failure }]) => key === sectionKey(name, device) && failure === null)
        .flatMap(([, { device, figures }]) => figures.map((figure) => ({ figure, device })))
    )
  );
  const groups = Map.groupBy(all, ({ figure: { what, unit }, device }) => JSON.stringify([what, unit, device]));
  return [...groups.values()].filter((group) => group.length > 1)
    .map((group) => ({ ...group[0], values: group.map(({ figure }) => figure.value) }));
}

function chapter(name: string, { processor, sections }: MachineResults): string[] {
  const { vendor, family, model, instructions, cores } = processor;
  const known = (fact: string | null) => fact ?? "not recorded";
  const all = ordered(sections);
  const distinct = (fact: (section: SectionResult) => string) => [...new Set(all.map(fact))].join("; ");
  return [
    `## ${name}`,
    `- processor: ${cores} × ${processor.name}, vendor ${known(vendor)}, family ${known(family)}, model ${
      known(model)
    }`,
    `- instruction sets: ${known(instructions?.join(" ") ?? null)}`,
    `- devices: ${distinct(({ device, driver }) => `${device} on ${driver}`)}`,
    `- system: ${distinct(({ system }) => system)}; Deno ${distinct(({ deno }) => deno)}`,
    `- tuning: ${distinct(({ tuning }) => known(tuning))} (whole models; kernels by themselves: default)`,
    "",
    ...all.flatMap(chapterSection),
  ];
}

/** Sections in the report's order; those that it no longer runs come last. */
function ordered(sections: MachineResults["sections"]): SectionResult[] {
  const names = Object.keys(SECTIONS);
  const place = ([key, { device }]: readonly [string, SectionResult]) => {
    const at = names.findIndex((name) => sectionKey(name, device) === key);
    return at < 0 ? names.length : at;
  };
  return Object.entries(sections).toSorted((a, b) => place(a) - place(b)).map(([, section]) => section);
}

function chapterSection(section: SectionResult): string[] {
  const { title, command, device, began, seconds, commit, load, failure, figures } = section;
  const start = `${began.slice(0, 16).replace("T", " ")} UTC`;
  return [
    `### ${title}, on ${device}`,
    `    ${command}`,
    "",
    `${start}, commit ${commit}, ${seconds.toFixed(0)} s, load average ${load.toFixed(2)}` +
    (failure === null ? "." : `. **Not finished: ${failure}.**`),
    "",
    "| what | figure | of peak | note |",
    "|---|---:|---:|---|",
    ...figures.map(({ what, value, unit, share, note }) =>
      `| ${what} | ${significant(value)} ${unit} | ${share === undefined ? "" : `${(100 * share).toFixed(0)} %`} | ${
        note ?? ""
      } |`
    ),
    "",
  ];
}
