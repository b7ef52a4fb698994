/**
 * `deno run -A bench/peers/path_points.ts [--device NAME]`: forward, and forward and reverse, of 8 path points of the
 * example, in turn with PyTorch's dense f32 products of the same shapes alone, by the wall clock. A share of 1 means
 * that attention, norms, log-softmax and the unpacking of NF4 cost nothing. Needs the same setup as captum.ts.
 */
import { median } from "../../src/gpu/gpu_time.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { openSubject, subject } from "../model/subject.ts";
import { forwardFlop, forwardProducts } from "../shapes.ts";
import { runPython } from "./python.ts";

const POINTS = 8;
const ROUNDS = 5;

/** Output of run_products.py. */
interface TorchProducts {
  /** Seconds of all products of a forward pass. */
  readonly forward: number;
  /** Seconds of their transposes. */
  readonly reverse: number;
  readonly version: string;
}

const chosen = subject(takeDevice(Deno.args).device);
const { model, prompt, target } = await openSubject(chosen);
const end = await model.embed(prompt);
const path = await model.path({ start: new Float32Array(end.length), end, targets: target });
const alphas = Array.from({ length: POINTS }, (_, i) => (i + 0.5) / POINTS);
// The last target token is never attended to.
const batch = { B: POINTS, S: prompt.length + target.length - 1, T: target.length };
const products = forwardProducts(model.config, batch);
const productFlop = products.reduce(
  (sum, { rows, inner, outputs, count }) => sum + 2 * rows * inner * outputs * count,
  0,
);
const wants = [
  { what: "forward", passes: 1, gradient: "none", torch: ({ forward }: TorchProducts) => forward },
  {
    what: "forward and reverse",
    passes: 2,
    gradient: "sequence",
    torch: ({ forward, reverse }: TorchProducts) => forward + reverse,
  },
] as const;
const ours: number[][] = wants.map(() => []);
const theirs: TorchProducts[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  for (const [i, { gradient }] of wants.entries()) {
    const wall = startStopwatch();
    await path.evaluate(alphas, { tangent: false, gradient });
    // The first round compiles.
    if (round > 0) ours[i].push(wall());
  }
  if (round > 0) theirs.push(await runPython("run_products.py", JSON.stringify(products)));
}
model.close();
const size = `${POINTS} path points, L ${prompt.length}, T ${target.length}`;
const { version } = theirs[0];
wants.forEach(({ what, passes, torch }, i) => {
  const [seconds, peer] = [median(ours[i]), median(theirs.map(torch))];
  const value = passes * forwardFlop(model.config, batch) / 1e9 / seconds;
  const reached = passes * productFlop / 1e9 / peer;
  const name = `${chosen.name}: ${what}, ${size}`;
  emit({ what: `${name}: ${version}, f32 products alone`, value: reached, unit: "GFLOPS", note: milliseconds(peer) });
  emit({ what: `${name}: Whence`, value, unit: "GFLOPS", note: `${milliseconds(seconds)}, wall clock` });
  emit({ what: `${name}: Whence, of what ${version} reaches`, value: 100 * value / reached, unit: "%" });
});

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(0)} ms`;
}
