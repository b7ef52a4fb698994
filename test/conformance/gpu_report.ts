import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { openGpu } from "../../src/gpu/device.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { timestampText } from "../../src/time/time_text.ts";
import { chooseParts, type PartResult } from "./gpu_parts.ts";

/** A part of the report, and its seconds. */
export interface ReportedPart extends PartResult {
  readonly title: string;
  readonly seconds: number;
}

const FILE = "results/gpu_conformance.md";

/**
 * `deno task conformance --gpu [--software] [--out FILE] [PART…]`: runs all tests and benches on the GPU that is here,
 * or parts of them, and writes one report to send. It is written anew after each part.
 *
 * @param say prints a line
 * @returns false if a part failed, or no GPU is here; `--software` takes software for one, to try the report
 * @throws {RangeError} if there is no such part
 */
export async function runGpuReport(args: readonly string[], say: (line: string) => void): Promise<boolean> {
  const { values: { software = false, out = FILE }, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { gpu: { type: "boolean" }, software: { type: "boolean" }, out: { type: "string" } },
  });
  const parts = chooseParts(positionals);
  const adapter = await adapterFor(software);
  if (adapter.refusal !== null) {
    say(`FAILED   ${adapter.refusal}`);
    return false;
  }
  const began = timestampText();
  const done: ReportedPart[] = [];
  await Deno.mkdir(dirname(out), { recursive: true });
  for (const { title, run } of parts) {
    const seconds = startStopwatch();
    const part = { title, ...await run(), seconds: seconds() };
    done.push(part);
    say(`${part.ok ? "ok      " : "FAILED  "} ${title}: ${part.summary} (${part.seconds.toFixed(0)} s)`);
    await Deno.writeTextFile(out, reportText({ adapter: adapter.name, began }, done));
  }
  say(`The report is in ${out}.`);
  return done.every(({ ok }) => ok);
}

/** The adapter's name, and why it is not reported on; null if it is. */
async function adapterFor(software: boolean): Promise<{ readonly name: string; readonly refusal: string | null }> {
  try {
    const gpu = await openGpu();
    gpu.close();
    const name = gpu.software ? `${gpu.adapter}, which is software` : gpu.adapter;
    const refusal = gpu.software && !software
      ? `Cannot report on a GPU as one must be here: the adapter is ${name}; --software takes it all the same`
      : null;
    return { name, refusal };
  } catch (error) {
    return { name: "none", refusal: `Cannot report on a GPU as one must be here: ${(error as Error).message}` };
  }
}

/** The report: a summary of all parts, then what each found. */
export function reportText(
  { adapter, began }: { readonly adapter: string; readonly began: string },
  parts: readonly ReportedPart[],
): string {
  return [
    `# Whence on ${adapter}`,
    "",
    `Made by \`deno task conformance --gpu\` on ${began.slice(0, 16).replace("T", " ")} UTC, with Deno ` +
    `${Deno.version.deno} on ${Deno.build.os} ${Deno.build.arch}.`,
    "",
    "| part | result | seconds |",
    "| --- | --- | ---: |",
    ...parts.map(({ title, ok, summary, seconds }) =>
      `| ${title} | ${ok ? "" : "**failed:** "}${summary} | ${seconds.toFixed(0)} |`
    ),
    "",
    ...parts.filter(({ text }) => text !== "").flatMap(({ title, text }) => [`## ${title}`, "", text, ""]),
  ].join("\n");
}
