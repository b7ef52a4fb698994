/**
 * `deno task bench:report [NAME…]`: runs every script of bench/, or those named, each in a process of its own with a time
 * limit, and writes results.json and RESULTS.md. Sections that did not run keep what an earlier run left.
 */
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { openGpu } from "../src/gpu/device.ts";
import { readTuning, tuningKey } from "../src/model/tune/tuning_cache.ts";
import { type Figure, print } from "./figure.ts";
import { markdown } from "./markdown.ts";
import { MODEL_SHAPES } from "./shapes.ts";
import { runScript } from "./run_script.ts";
import { timestampText } from "../src/time/time_text.ts";

/** A script of bench/ and the seconds that it may take. */
interface Section {
  readonly title: string;
  readonly args: readonly string[];
  readonly limit: number;
}

// In order of importance, so that a run cut short has the most of it.
const SECTIONS: Readonly<Record<string, Section>> = {
  peak: { title: "Peaks of the adapter", args: ["bench/peak.ts"], limit: 60 },
  products: { title: "Matrix products, 256 rows", args: ["bench/kernels/linear_bench.ts", "256"], limit: 300 },
  peers: { title: "Matrix products against other libraries", args: ["bench/peers/products.ts"], limit: 300 },
  model: { title: "A model on the example", args: ["bench/model/throughput.ts"], limit: 300 },
  "gauss-legendre-50": attribution("gauss-legendre-50", 3),
  "gauss-legendre-50-sum": attribution("gauss-legendre-50-sum", 3),
  "feature-ablation": attribution("feature-ablation", 3),
  adaptive: attribution("adaptive", 1),
  captum: { title: "Attributions against Captum", args: ["bench/peers/captum.ts"], limit: 900 },
  scaling: { title: "Scaling", args: ["bench/scaling.ts"], limit: 600 },
  load: { title: "Loads, first and second, beside other programs'", args: ["bench/model/load.ts"], limit: 900 },
  large: { title: "A model of Qwen2.5-1.5B's shape", args: ["bench/model/large.ts"], limit: 600 },
  larger: { title: "A model of Qwen2.5-7B's shape", args: ["bench/model/large.ts", "7B"], limit: 900 },
  "few-rows": {
    title: "Matrix products, 1 and 31 rows, by the kernels of path points (decoding has its own for one row)",
    args: ["bench/kernels/linear_bench.ts", "1", "31"],
    limit: 300,
  },
  "single-row": {
    title: "Products of a decode step: one row",
    args: ["bench/kernels/single_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    limit: 300,
  },
  ops: {
    title: "Ops between the products, and log-softmax over the vocabulary",
    args: ["bench/kernels/op_bench.ts", ...MODEL_SHAPES.map(({ name }) => name)],
    limit: 600,
  },
  attention: { title: "Attention", args: ["bench/kernels/attention_bench.ts"], limit: 300 },
  "token-matrix": attribution("token-matrix", 1),
  "token-matrix-captum": {
    title: "Token matrix at equal accuracy against Captum",
    args: ["bench/peers/token_matrix.ts"],
    // What Captum and the converged reference take, minutes each, is kept in .cache/peers and not done again.
    limit: 5400,
  },
  tuning: { title: "What the tuner chooses", args: ["bench/kernels/tuning.ts"], limit: 600 },
  "many-rows": { title: "Matrix products, 1,024 rows", args: ["bench/kernels/linear_bench.ts", "1024"], limit: 600 },
};

function attribution(name: string, rounds: number): Section {
  const args = ["bench/attribution/attribution.ts", name, String(rounds)];
  return { title: `Whole attribution: ${name}`, args, limit: 300 };
}

/** What a section left, and under which circumstances. */
export interface SectionResult {
  readonly title: string;
  readonly command: string;
  /** When it began, UTC. */
  readonly began: string;
  readonly seconds: number;
  readonly commit: string;
  /** Processes that wanted to run when it began: above 0 where something else used the machine. */
  readonly load: number;
  readonly failure: string | null;
  readonly figures: readonly Figure[];
}

/** results.json */
export interface Results {
  readonly machine: Readonly<Record<string, string>>;
  readonly sections: Readonly<Record<string, SectionResult>>;
}

const JSON_FILE = new URL("results.json", import.meta.url);
const MARKDOWN_FILE = new URL("RESULTS.md", import.meta.url);

async function machine(): Promise<Results["machine"]> {
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

function previous(): Results["sections"] {
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

async function save(results: Results): Promise<void> {
  await Deno.writeTextFile(JSON_FILE, JSON.stringify(results, null, 2) + "\n");
  await Deno.writeTextFile(MARKDOWN_FILE, markdown(results));
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
  // After each section, so that a run that is stopped leaves what it has.
  await save({ machine: about, sections: Object.fromEntries(known.map((key) => [key, found[key]])) });
}
// 0 only where every section ran to its end.
Deno.exitCode = names.some((name) => found[name].failure !== null) ? 1 : 0;
