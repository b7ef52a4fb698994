/**
 * `deno run -A bench/peers/captum.ts [ROUNDS] [--device NAME]`: the example attributed by Captum on bitsandbytes, in
 * f32 and in bf16, and by Whence, in turn, each in a process of its own, on SmolLM2-135M in NF4. Needs
 * `sh bench/peers/setup.sh`, or WHENCE_PEERS_PYTHON and WHENCE_PEERS_MODEL to name a Python and a model directory that
 * it would have made.
 */
import { type AttributionName, ATTRIBUTIONS } from "../attribution/methods.ts";
import { deviceArguments, takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { type Golden, subject } from "../model/subject.ts";
import { runScript } from "../run_script.ts";
import { captumName, type CaptumResult, type Compute, largestDifference, type Run, runCaptum } from "./python.ts";

const LIMIT = 300;
const { device, rest: [rounds = "1"] } = takeDevice(Deno.args);
const { golden, name: model } = subject(device);
if (golden === null) throw new Error("Cannot run Captum as SmolLM2 must be there: run `sh bench/peers/setup.sh`");

/** Captum, run in one way. */
interface CaptumWay {
  readonly method: string;
  readonly compute: Compute;
  readonly what: string;
  /** Largest error of an entry, nats; an answer with a larger one is not timed, nor is one that is no number. */
  readonly tolerance: number;
}

/** An attribution that both have: Captum's ways of it, and Whence's. */
interface Race {
  readonly captum: readonly CaptumWay[];
  readonly whence: readonly AttributionName[];
  /** Largest difference of an entry to the frozen values, which are f32's or f64's. */
  difference(result: CaptumResult, golden: Golden): number;
}

/** Rounding of f32. */
const EXACT = 0.01;
/**
 * The packed kernel is another model nearly, and bf16 leaves integrated gradients from token 0 as wrong as they are
 * large. Their errors are told, and not bounded.
 */
const TOLD = Infinity;

const ways = (method: string): CaptumWay[] => [
  { method, compute: "float32", what: captumName("float32"), tolerance: EXACT },
  { method, compute: "bfloat16", what: captumName("bfloat16"), tolerance: TOLD },
];

const RACES: readonly Race[] = [
  {
    captum: ways("integrated-gradients"),
    whence: ["gauss-legendre-50-sum", "gauss-legendre-50"],
    difference({ sequence }, { integratedGradients }) {
      const rows = integratedGradients.path.gaussLegendre50;
      return largestDifference(sequence, sequence.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0)));
    },
  },
  {
    // In eval() bitsandbytes takes a packed CPU kernel: faster, and about another model.
    captum: [
      ...ways("feature-ablation"),
      ...ways("feature-ablation-packed").map((way) => ({ ...way, what: `${way.what}, in eval()`, tolerance: TOLD })),
    ],
    whence: ["feature-ablation"],
    difference: ({ token }, { ablation }) => largestDifference(token.flat(), ablation["token:0"].flat()),
  },
];

async function runWhence(name: AttributionName): Promise<Run> {
  const args = ["bench/attribution/attribution.ts", name, ...deviceArguments(device)];
  const { figures, failure } = await runScript(args, LIMIT);
  if (failure !== null) throw new Error(`Cannot run Whence as attribution.ts must succeed: got ${failure}`);
  const value = (unit: string) => figures.find((figure) => figure.unit === unit)!.value;
  return { seconds: value("s"), bytes: value("MiB") * 2 ** 20 };
}

/** Runs one way of Captum and checks its answer. */
async function runWay({ method, compute, what, tolerance }: CaptumWay, difference: (result: CaptumResult) => number) {
  const result = await runCaptum(method, compute);
  const error = difference(result);
  if (!(error <= tolerance)) throw new RangeError(`Cannot time ${what} as it must give our answer: ${error} nats off`);
  return { ...result, error };
}

const mebibytes = (runs: readonly Run[]) => median(runs.map(({ bytes }) => bytes)) / 2 ** 20;
const seconds = (runs: readonly Run[]) => median(runs.map(({ seconds }) => seconds));

for (const compute of ["float32", "bfloat16"] as const) {
  emit({
    what: `${model} loaded by transformers, memory without an attribution, ${captumName(compute)}`,
    value: (await runCaptum("load", compute)).bytes / 2 ** 20,
    unit: "MiB",
  });
}
for (const { captum, whence, difference } of RACES) {
  const theirs: (Run & { readonly error: number })[][] = captum.map(() => []);
  const ours: Run[][] = whence.map(() => []);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [i, way] of captum.entries()) theirs[i].push(await runWay(way, (result) => difference(result, golden)));
    for (const [i, name] of whence.entries()) ours[i].push(await runWhence(name));
  }
  const [{ what }] = whence.map((name) => ATTRIBUTIONS[name]);
  captum.forEach((way, i) => {
    const error = Math.max(...theirs[i].map(({ error }) => error)).toPrecision(2);
    const note = `${mebibytes(theirs[i]).toFixed(0)} MiB; its largest error of an entry ${error} nats`;
    emit({ what: `${what}: ${way.what}`, value: seconds(theirs[i]), unit: "s", note });
  });
  whence.forEach((name, k) => {
    const { what } = ATTRIBUTIONS[name];
    const note = `${mebibytes(ours[k]).toFixed(0)} MiB, medians of ${rounds}`;
    emit({ what: `${what}: Whence`, value: seconds(ours[k]), unit: "s", note });
    captum.forEach((way, i) => {
      const note = `in ${(mebibytes(ours[k]) / mebibytes(theirs[i])).toFixed(2)} of the memory`;
      const value = seconds(theirs[i]) / seconds(ours[k]);
      emit({ what: `${what}: Whence against ${way.what}`, value, unit: "× as fast", note });
    });
  });
}
