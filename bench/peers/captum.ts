/**
 * `deno run -A bench/peers/captum.ts [ROUNDS]`: the example attributed by Captum on bitsandbytes and by Whence, in turn,
 * each in a process of its own, on SmolLM2-135M in NF4. Needs `sh bench/peers/setup.sh`, or WHENCE_PEERS_PYTHON and
 * WHENCE_PEERS_MODEL to name a Python and a model directory that it would have made.
 */
import { fileURLToPath } from "node:url";
import { ATTRIBUTIONS } from "../attribution/methods.ts";
import { emit } from "../figure.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { EXAMPLE, type Golden, subject } from "../model/subject.ts";
import { runScript } from "../run_script.ts";

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const PYTHON = Deno.env.get("WHENCE_PEERS_PYTHON") ?? path(".cache/peers/bin/python");
const MODEL = Deno.env.get("WHENCE_PEERS_MODEL") ?? path("weights/smollm2_f32");
const LIMIT = 300;

/** One attribution: wall-clock seconds without loading, and the most memory of the process. */
interface Run {
  readonly seconds: number;
  readonly bytes: number;
}

interface CaptumResult extends Run {
  readonly token: number[][];
  readonly sequence: number[];
}

async function captum(method: string, compute: string): Promise<CaptumResult> {
  const args = [path("bench/peers/run_captum.py"), method, MODEL, EXAMPLE.prompt, EXAMPLE.target, compute];
  const command = new Deno.Command(PYTHON, { args, stdout: "piped", stderr: "piped" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (code !== 0) throw new Error(`Cannot run Captum as run_captum.py must succeed: got ${text(stderr).slice(-2000)}`);
  return JSON.parse(text(stdout).split("\n").at(-1)!);
}

async function whence(name: string): Promise<Run> {
  const { figures, failure } = await runScript(["bench/attribution/attribution.ts", name], LIMIT);
  if (failure !== null) throw new Error(`Cannot run Whence as attribution.ts must succeed: got ${failure}`);
  const value = (unit: string) => figures.find((figure) => figure.unit === unit)!.value;
  return { seconds: value("s"), bytes: value("MiB") * 2 ** 20 };
}

function report(what: string, theirs: readonly Run[], ours: readonly Run[], error: number): void {
  const [slow, fast] = [theirs, ours].map((runs) => median(runs.map(({ seconds }) => seconds)));
  const [large, small] = [theirs, ours].map((runs) => median(runs.map(({ bytes }) => bytes)) / 2 ** 20);
  emit({ what: `${what}: Whence`, value: fast, unit: "s", note: `${small.toFixed(0)} MiB, medians of ${ours.length}` });
  emit({
    what: `${what}: Captum 0.9.0, bitsandbytes 0.50.2, f32 compute`,
    value: slow,
    unit: "s",
    note: `${large.toFixed(0)} MiB; Whence ${(slow / fast).toFixed(2)}× as fast in ${
      (small / large).toFixed(2)
    } of the memory; its largest error of an entry ${error.toPrecision(2)} nats`,
  });
}

const RACES = [
  {
    method: "integrated-gradients",
    name: "gauss-legendre-50",
    difference({ sequence }: CaptumResult, { integratedGradients }: Golden) {
      const rows = integratedGradients.path.gaussLegendre50;
      return largestDifference(sequence, sequence.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0)));
    },
    tolerance: 0.01,
  },
  {
    method: "feature-ablation",
    name: "feature-ablation",
    difference: ({ token }: CaptumResult, { ablation }: Golden) =>
      largestDifference(token.flat(), ablation["token:0"].flat()),
    // In eval() bitsandbytes takes a packed CPU kernel that is this far off; in train(), as for the gradients, it is exact.
    tolerance: 0.25,
  },
] as const;

/** max |a − b|, nats */
function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot compare as both must have ${b.length} entries: got ${a.length}`);
  }
  return a.reduce((top, value, i) => Math.max(top, Math.abs(value - b[i])), 0);
}

const rounds = Number(Deno.args[0] ?? 1);
const { golden, name: model } = subject();
if (golden === null) throw new Error("Cannot run Captum as SmolLM2 must be there: run `sh bench/peers/setup.sh`");
const base = await captum("load", "float32");
emit({
  what: `${model} loaded by transformers, memory without an attribution`,
  value: base.bytes / 2 ** 20,
  unit: "MiB",
});
for (const { method, name, difference, tolerance } of RACES) {
  const theirs: CaptumResult[] = [];
  let error = 0;
  const ours: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await captum(method, "float32"));
    error = Math.max(error, difference(theirs[round], golden));
    if (!(error <= tolerance)) throw new RangeError(`Cannot time Captum as it must give our answer: ${error} nats off`);
    ours.push(await whence(name));
  }
  report(ATTRIBUTIONS[name].what, theirs, ours, error);
}
