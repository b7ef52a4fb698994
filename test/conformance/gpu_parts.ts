import { fileURLToPath } from "node:url";
import { USUAL_DEVICE } from "../../bench/device.ts";
import { type Figure, significant } from "../../bench/figure.ts";
import { sectionArguments, SECTIONS } from "../../bench/report_sections.ts";
import { runScript } from "../../bench/run_script.ts";

/** A part of the report on a GPU. */
interface GpuPart {
  readonly name: string;
  readonly title: string;
  /** Runs it, and never throws. */
  run(): Promise<PartResult>;
}

/** Result of a part. */
export interface PartResult {
  readonly ok: boolean;
  /** In a few words. */
  readonly summary: string;
  /** Markdown. */
  readonly text: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Tests of weights need files that few machines have. */
const SUITE = ["--ignore=test/weights", "test"];
/** Benches that need no other programs, the most telling first. */
const BENCHES = [
  ...["peak", "products", "attention", "ops", "single-row", "few-rows", "many-rows", "model", "startup", "tuning"],
  ...["gauss-legendre-50", "adaptive"],
] as const;
/** Seconds after which a part that hangs is stopped. */
const LIMIT = 7200;
/** Characters of what tests print that the report keeps, from their errors on. */
const MOST_TEXT = 60_000;

/**
 * Lists the parts of a report: all, or those that are named: `machine`, `tests`, a path of tests, or a section of
 * `deno task bench:report`.
 *
 * @throws {RangeError} if there is no such part
 */
export function chooseParts(names: readonly string[]): GpuPart[] {
  return (names.length > 0 ? names : ["machine", "tests", ...BENCHES]).map(partOf);
}

function partOf(name: string): GpuPart {
  if (name === "machine") return { name, title: "The machine", run: describe };
  if (name === "tests") return { name, title: "All tests", run: () => runTests(["--parallel", ...SUITE]) };
  if (name.startsWith("test/")) return { name, title: `Tests of ${name}`, run: () => runTests([name]) };
  const section = SECTIONS[name];
  if (section === undefined) {
    const known = ["machine", "tests", "a path below test/", ...Object.keys(SECTIONS)].join(", ");
    throw new RangeError(`Cannot report on ${name} as it must be one of ${known}`);
  }
  return { name, title: section.title, run: () => measure(name) };
}

async function describe(): Promise<PartResult> {
  const { code, output } = await runDeno(["run", "-A", "src/cli/main.ts", "doctor"]);
  return { ok: code === 0, summary: code === 0 ? "complete" : "something is missing", text: fenced(output) };
}

async function runTests(args: readonly string[]): Promise<PartResult> {
  const { code, output } = await runDeno(["test", "-A", "--no-check", ...args]);
  const summary = /\d+ passed[^(\n]*/.exec(output)?.[0].trim().replace(" | ", ", ") ?? "the tests did not end";
  const errors = output.indexOf(" ERRORS ");
  const text = code === 0 ? "" : fenced((errors < 0 ? output : output.slice(errors)).slice(0, MOST_TEXT));
  return { ok: code === 0, summary, text };
}

async function measure(name: string): Promise<PartResult> {
  const section = SECTIONS[name];
  const args = sectionArguments(section, USUAL_DEVICE);
  const { figures, failure } = await runScript(args, section.limit, { ownGroup: true });
  return { ok: failure === null, summary: failure ?? `${figures.length} figures`, text: figuresTable(figures) };
}

/** A table of figures. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit, share, note = "" }) =>
    `| ${what} | ${significant(value)} ${unit} | ${
      share === undefined ? "" : `${(100 * share).toFixed(0)} %`
    } | ${note} |`
  );
  return ["| what | figure | of peak | note |", "| --- | ---: | ---: | --- |", ...rows].join("\n");
}

async function runDeno(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(1000 * LIMIT),
  }).output();
  const decoder = new TextDecoder();
  return { code, output: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}

function fenced(text: string): string {
  return ["~~~", text.trimEnd(), "~~~"].join("\n");
}
