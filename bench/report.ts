/**
 * `deno task bench:report [NAME…]`: runs every script of bench/, or those named, each in a process of its own with a
 * time limit, and writes results.json and RESULTS.md. Sections that did not run keep their earlier figures.
 */
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { openGpu } from "../src/gpu/device.ts";
import { readTuning, tuningKey } from "../src/model/tune/tuning_cache.ts";
import type { BenchResults, SectionResult } from "./bench_results.ts";
import { print } from "./figure.ts";
import { type Section, SECTIONS } from "./report_sections.ts";
import { resultsMarkdown } from "./results_markdown.ts";
import { runScript } from "./run_script.ts";
import { timestampText } from "../src/time/time_text.ts";

const JSON_FILE = new URL("results.json", import.meta.url);
const MARKDOWN_FILE = new URL("RESULTS.md", import.meta.url);

async function machine(): Promise<BenchResults["machine"]> {
  const gpu = await openGpu();
  const { adapter } = gpu;
  const { tuning } = await readTuning(tuningKey(gpu));
  gpu.close();
  const all = cpus();
  return {
    adapter,
    processor: `${all.length} × ${all[0]?.model.trim() ?? "unknown"}`,
    system: `${Deno.build.os} ${Deno.build.arch}, ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    tuning: `${tuning.name} (whole models; kernels by themselves: default)`,
  };
}

function previous(): BenchResults["sections"] {
  try {
    return JSON.parse(Deno.readTextFileSync(JSON_FILE)).sections;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

async function commit(): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: ["describe", "--always", "--dirty"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function run({ title, args, limit }: Section): Promise<SectionResult> {
  print(`\n${title}`);
  const [began, load] = [timestampText(), loadavg()[0]];
  const { figures, failure, seconds } = await runScript(args, limit);
  const command = `deno run -A --no-lock ${args.join(" ")}`;
  return { title, command, began, seconds, commit: await commit(), load, failure, figures };
}

async function save(results: BenchResults): Promise<void> {
  await Deno.writeTextFile(JSON_FILE, JSON.stringify(results, null, 2) + "\n");
  await Deno.writeTextFile(MARKDOWN_FILE, resultsMarkdown(results));
  // Both are checked in, so `deno fmt --check` reads them.
  const files = [JSON_FILE, MARKDOWN_FILE].map((file) => fileURLToPath(file));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...files] }).output();
}

const names = Deno.args.length > 0 ? Deno.args : Object.keys(SECTIONS);
const unknown = names.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  throw new RangeError(`Cannot run ${unknown} as it must be one of ${Object.keys(SECTIONS).join(", ")}`);
}
const about = await machine();
const found: Record<string, SectionResult> = { ...previous() };
for (const name of names) {
  found[name] = await run(SECTIONS[name]);
  const known = Object.keys(SECTIONS).filter((key) => key in found);
  // Saved after each section, so that a run that is stopped keeps its figures.
  await save({ machine: about, sections: Object.fromEntries(known.map((key) => [key, found[key]])) });
}
// 0 only if every section ran to its end.
Deno.exitCode = names.some((name) => found[name].failure !== null) ? 1 : 0;
