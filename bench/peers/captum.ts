/**
 * `deno run -A bench/peers/captum.ts [ROUNDS]`: the example attributed by Captum on bitsandbytes and by Whence, in
 * turn, each in a process of its own, on SmolLM2-135M in NF4. Needs `sh bench/peers/setup.sh`, or WHENCE_PEERS_PYTHON
 * and WHENCE_PEERS_MODEL to name a Python and a model directory that it would have made.
 */
import { ATTRIBUTIONS } from "../attribution/methods.ts";
import { emit } from "../figure.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { type Golden, subject } from "../model/subject.ts";
import { runScript } from "../run_script.ts";
import { CAPTUM, type CaptumResult, largestDifference, type Run, runCaptum } from "./python.ts";

const LIMIT = 300;

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
    what: `${what}: ${CAPTUM}`,
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
    names: ["gauss-legendre-50-sum", "gauss-legendre-50"],
    difference({ sequence }: CaptumResult, { integratedGradients }: Golden) {
      const rows = integratedGradients.path.gaussLegendre50;
      return largestDifference(sequence, sequence.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0)));
    },
    tolerance: 0.01,
  },
  {
    method: "feature-ablation",
    names: ["feature-ablation"],
    difference: ({ token }: CaptumResult, { ablation }: Golden) =>
      largestDifference(token.flat(), ablation["token:0"].flat()),
    tolerance: 0.01,
  },
] as const;

const rounds = Number(Deno.args[0] ?? 1);
const { golden, name: model } = subject();
if (golden === null) throw new Error("Cannot run Captum as SmolLM2 must be there: run `sh bench/peers/setup.sh`");
const base = await runCaptum("load");
emit({
  what: `${model} loaded by transformers, memory without an attribution`,
  value: base.bytes / 2 ** 20,
  unit: "MiB",
});
for (const { method, names, difference, tolerance } of RACES) {
  const theirs: CaptumResult[] = [];
  let error = 0;
  const ours: Run[][] = names.map(() => []);
  for (let round = 0; round < rounds; round++) {
    theirs.push(await runCaptum(method));
    error = Math.max(error, difference(theirs[round], golden));
    if (!(error <= tolerance)) throw new RangeError(`Cannot time Captum as it must give our answer: ${error} nats off`);
    for (const [i, name] of names.entries()) ours[i].push(await whence(name));
  }
  names.forEach((name, i) => report(ATTRIBUTIONS[name].what, theirs, ours[i], error));
}
// In eval() bitsandbytes takes a packed CPU kernel: faster, and about another model.
const packed = await runCaptum("feature-ablation-packed");
emit({
  what: `${ATTRIBUTIONS["feature-ablation"].what}: ${CAPTUM}, in eval()`,
  value: packed.seconds,
  unit: "s",
  note: `its largest error of an entry ${RACES[1].difference(packed, golden).toPrecision(2)} nats`,
});
