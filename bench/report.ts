/**
 * `deno task bench:report [NAME…] [--device NAME] [--machine NAME]`: runs every script of bench/ that measures the
 * device (by default webgpu), or those named, each in a process group of its own with a time limit, and writes
 * results.json and RESULTS.md. Sections that did not run keep their earlier figures, and so do those of other devices
 * and other machines. A machine is named after its processor, or as it is told; a name that another processor's figures
 * have is refused.
 */
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openExecutor } from "../src/model/load/open_executor.ts";
import { timestampText } from "../src/time/time_text.ts";
import { type BenchResults, machineName, sectionKey, type SectionResult, withSection } from "./bench_results.ts";
import { type MeasuredDevice, measuredDevice, USUAL_DEVICE } from "./device.ts";
import { print } from "./figure.ts";
import { readProcessor } from "./processor.ts";
import { chooseSections, type Section, sectionArguments, SECTIONS } from "./report_sections.ts";
import { resultsMarkdown } from "./results_markdown.ts";
import { runScript } from "./run_script.ts";

const JSON_FILE = new URL("results.json", import.meta.url);
const MARKDOWN_FILE = new URL("RESULTS.md", import.meta.url);

/** Circumstances that all sections of a run share. */
type Circumstances = Pick<SectionResult, "device" | "driver" | "tuning" | "system" | "deno" | "commit">;

async function circumstances(device: MeasuredDevice): Promise<Circumstances> {
  const executor = await openExecutor({ device });
  const { adapter: driver, tuning } = executor;
  executor.close();
  const system = `${Deno.build.os} ${Deno.build.arch}, ${Deno.osRelease()}`;
  return { device, driver, tuning, system, deno: Deno.version.deno, commit: await commit() };
}

function previous(): BenchResults {
  try {
    return JSON.parse(Deno.readTextFileSync(JSON_FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { machines: {} };
    throw error;
  }
}

/** Reads the commit before anything is written: the report's own files would make it dirty. */
async function commit(): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: ["describe", "--always", "--dirty"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function run(section: Section, shared: Circumstances): Promise<SectionResult> {
  const { title, limit } = section;
  print(`\n${title}, on ${shared.device}`);
  const [began, load] = [timestampText(), loadavg()[0]];
  const args = sectionArguments(section, shared.device);
  const { figures, failure, seconds } = await runScript(args, limit, { ownGroup: true });
  const command = `deno run -A --no-lock ${args.join(" ")}`;
  return { title, command, ...shared, began, seconds, load, failure, figures };
}

async function save(results: BenchResults): Promise<void> {
  await Deno.writeTextFile(JSON_FILE, JSON.stringify(results, null, 2) + "\n");
  await Deno.writeTextFile(MARKDOWN_FILE, resultsMarkdown(results));
  // Both are checked in, so `deno fmt --check` reads them.
  const files = [JSON_FILE, MARKDOWN_FILE].map((file) => fileURLToPath(file));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...files] }).output();
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { device: { type: "string", default: USUAL_DEVICE }, machine: { type: "string" } },
});
const device = measuredDevice(values.device);
const names = chooseSections(positionals, device);
const processor = readProcessor();
const machine = machineName(previous(), processor, values.machine);
const shared = await circumstances(device);
let failures = 0;
for (const name of names) {
  const section = await run(SECTIONS[name], shared);
  if (section.failure !== null) failures++;
  // Saved after each section, so that a run that is stopped keeps its figures.
  await save(withSection(previous(), machine, processor, [sectionKey(name, device), section]));
}
// 0 only if every section ran to its end.
Deno.exitCode = failures > 0 ? 1 : 0;
