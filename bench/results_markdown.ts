import { significant } from "./figure.ts";
import type { BenchResults, SectionResult } from "./bench_results.ts";

/** Writes RESULTS.md out of results.json. */
export function resultsMarkdown({ machine, sections }: BenchResults): string {
  return [
    "# What was measured",
    "Written by `deno task bench:report`. Every result was checked before it was timed. Times of kernels are medians of",
    "timestamps; contenders ran in turn. Shares are of the FMA peak (12 accumulators a lane) that ran in turn with the",
    "kernel, unless the note names another. Each section names its command, and the load of the machine when it began.",
    "",
    ...Object.entries(machine).map(([key, value]) => `- ${key}: ${value}`),
    "",
    ...Object.values(sections).flatMap(section),
  ].join("\n");
}

function section({ title, command, began, seconds, commit, load, failure, figures }: SectionResult): string[] {
  return [
    `## ${title}`,
    `    ${command}`,
    "",
    `${began.slice(0, 16).replace("T", " ")} UTC, commit ${commit}, ${seconds.toFixed(0)} s, load average ${
      load.toFixed(2)
    }` +
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
