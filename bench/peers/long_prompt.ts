/**
 * `deno run -A bench/peers/long_prompt.ts [TOKENS] [--device NAME]`: input × gradient of a question about a pasted
 * document of 915 tokens, by Whence and by PyTorch in f32 with dense weights of the same values, in turn, each in a
 * process of its own. Needs the same setup as captum.ts.
 */
import { median } from "../../src/gpu/gpu_time.ts";
import { takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { assertNear, subject } from "../model/subject.ts";
import { measureLongPrompt } from "../scaling/long_prompts.ts";
import { MODEL, type Run, runPython } from "./python.ts";

const ROUNDS = 3;
/** Tolerance of f32 through 30 layers in another order of sums, relative to the largest entry. */
const RELATIVE = 5e-3;

/** Output of run_long_prompt.py. */
interface TorchPrompt extends Run {
  readonly score: number;
  /** [L] */
  readonly attribution: readonly number[];
  readonly version: string;
}

const { device, rest: [tokens = "915"] } = takeDevice(Deno.args);
const { name, golden } = subject(device);
if (golden === null) throw new Error("Cannot race PyTorch as SmolLM2 must be there: run `sh bench/peers/setup.sh`");

const ours: Run[] = [];
const theirs: TorchPrompt[] = [];
const file = await Deno.makeTempFile({ prefix: "whence_ids_", suffix: ".json" });
try {
  for (let round = 0; round < ROUNDS; round++) {
    const whence = await measureLongPrompt(Number(tokens), device);
    const { prompt, target, seconds, process, score, attribution } = whence;
    ours.push({ seconds, bytes: process });
    await Deno.writeTextFile(file, JSON.stringify({ prompt, target }));
    const torch = await runPython<TorchPrompt>("run_long_prompt.py", MODEL, file);
    theirs.push(torch);
    const largest = torch.attribution.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    assertNear([score], [torch.score], 1e-2, "score");
    assertNear(attribution, torch.attribution, RELATIVE * largest, "attribution");
  }
} finally {
  await Deno.remove(file);
}

const seconds = (runs: readonly Run[]) => median(runs.map(({ seconds }) => seconds));
const mebibytes = (runs: readonly Run[]) => median(runs.map(({ bytes }) => bytes)) / 2 ** 20;
const what = `${name}: input × gradient, ${tokens} prompt tokens`;
const peer = `${theirs[0].version}, f32`;
const note = (runs: readonly Run[]) =>
  `medians of ${ROUNDS}, wall clock; most memory of the process ${mebibytes(runs).toFixed(0)} MiB`;
emit({ what: `${what}: ${peer}`, value: seconds(theirs), unit: "s", note: note(theirs) });
emit({ what: `${what}: Whence`, value: seconds(ours), unit: "s", note: note(ours) });
emit({
  what: `${what}: Whence against ${peer}`,
  value: seconds(theirs) / seconds(ours),
  unit: "× as fast",
  note: `in ${(mebibytes(ours) / mebibytes(theirs)).toFixed(2)} of the memory`,
});
