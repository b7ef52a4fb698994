/** `deno run -A bench/model/throughput.ts`: load, forward, forward and backward, generation, on the example. */
import assert from "node:assert/strict";
import { openGpu } from "../../src/gpu/device.ts";
import { emit } from "../figure.ts";
import { gpuSeconds, median, timeInTurn } from "../../src/gpu/gpu_time.ts";
import { bandwidthPeak, BEST, fmaPeak, ofRuler, RULER } from "../peak.ts";
import { forwardFlop } from "../shapes.ts";
import { loadModel } from "../../src/model/model.ts";
import { type Opened, openSubject, subject } from "./subject.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";

const POINTS = 8;
const ROUNDS = 5;
const TOKENS = 64;

const chosen = subject();
const { name } = chosen;

async function load(): Promise<void> {
  const seconds: number[] = [];
  for (let i = 0; i < 3; i++) {
    const loading = startStopwatch();
    const model = await loadModel(chosen.source, chosen.options);
    seconds.push(loading());
    model.close();
  }
  emit({
    what: `${name}: load`,
    value: median(seconds),
    unit: "s",
    note: "file in the page cache, quantized weights in Whence's, wall clock",
  });
}

/** Measures the GPU seconds of `work` on the model. */
async function metered({ model }: Opened, work: () => Promise<unknown>): Promise<number> {
  const before = model.meter.gpuSeconds!;
  await work();
  return model.meter.gpuSeconds! - before;
}

/** Times forward, tangent and reverse of 8 path points, in turn with the FMA peak. */
async function pathPoints(opened: Opened): Promise<void> {
  const { model, prompt, target } = opened;
  const end = await model.embed(prompt);
  const row = await model.meanEmbedding();
  const path = await model.path({ start: end.map((_, i) => row[i % row.length]), end, targets: target });
  const alphas = Array.from({ length: POINTS }, (_, i) => (i + 0.5) / POINTS);
  const wants = [
    { what: "forward", passes: 1, tangent: false, gradient: "none" },
    { what: "forward and reverse", passes: 2, tangent: false, gradient: "sequence" },
    { what: "forward, tangent and reverse", passes: 3, tangent: true, gradient: "sequence" },
  ] as const;
  const gpu = await openGpu();
  const [peak, ruler] = [await fmaPeak(gpu, BEST), await fmaPeak(gpu, RULER)];
  // The last target token is never attended to.
  const S = prompt.length + target.length - 1;
  const forward = forwardFlop(model.config, { B: POINTS, S, T: target.length }) / 1e9;
  const seconds: number[][] = wants.map(() => []);
  const [peaks, rulers]: number[][] = [[], []];
  for (const { pass } of [peak, ruler]) await gpuSeconds(gpu, pass, 1);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, want] of wants.entries()) {
      const spent = await metered(opened, () => path.evaluate(alphas, want));
      // The first round compiles.
      if (round > 0) seconds[i].push(spent);
      peaks.push(peak.amount / await gpuSeconds(gpu, peak.pass, 10));
      rulers.push(ruler.amount / await gpuSeconds(gpu, ruler.pass, 10));
    }
  }
  gpu.close();
  const best = median(peaks);
  wants.forEach(({ what, passes }, i) => {
    const value = passes * forward / median(seconds[i]);
    const note =
      `${(1000 * median(seconds[i])).toFixed(0)} ms on the GPU for ${(passes * forward).toFixed(1)} GFLOP, ` +
      `peak ${best.toFixed(0)} GFLOPS; ${ofRuler(value / median(rulers))}`;
    const size = `${POINTS} path points, L ${prompt.length}, T ${target.length}`;
    emit({ what: `${name}: ${what}, ${size}`, value, unit: "GFLOPS", share: value / best, note });
  });
}

/** Times greedy tokens. The difference to a run of one token leaves out the prompt's pass and the compilation. */
async function generation(opened: Opened, weightBytes: number): Promise<void> {
  const { model, prompt } = opened;
  if (chosen.golden !== null) {
    const { ids } = chosen.golden.generation;
    assert.deepEqual(await model.generate(prompt, ids.length), ids);
  }
  const count = (await model.generate(prompt, TOKENS)).length;
  const wall: number[] = [];
  const onGpu: number[] = [];
  for (let round = 0; round < 3; round++) {
    const spent = async (tokens: number) => {
      const wall = startStopwatch();
      const gpu = await metered(opened, () => model.generate(prompt, tokens));
      return { wall: wall(), gpu };
    };
    const [one, many] = [await spent(1), await spent(count)];
    wall.push((many.wall - one.wall) / (count - 1));
    onGpu.push((many.gpu - one.gpu) / (count - 1));
  }
  const gpu = await openGpu();
  const peaks = [await bandwidthPeak(gpu, "read"), await bandwidthPeak(gpu, "stretch")];
  const seconds = await timeInTurn(gpu, peaks.map(({ pass }) => pass));
  gpu.close();
  const [neighbours, stretches] = peaks.map(({ amount }, i) => amount / seconds[i]);
  const rate = weightBytes / 1e9 / median(onGpu);
  emit({
    what: `${name}: generation of ${count} tokens`,
    value: 1 / median(wall),
    unit: "tokens/s",
    note: `wall clock; GPU alone ${(1 / median(onGpu)).toFixed(1)} tokens/s = ${rate.toFixed(2)} GB/s of weights, ` +
      `kernels that only read reach ${
        neighbours.toFixed(2)
      } GB/s where neighbouring lanes read neighbouring elements, ` +
      `${stretches.toFixed(2)} GB/s where each lane reads a stretch of its own`,
  });
}

await load();
const model = await loadModel(chosen.source, chosen.options);
// Before any program exists the plan holds the weights alone.
const weightBytes = model.meter.predictedBytes;
model.close();
const opened = await openSubject(chosen);
await pathPoints(opened);
await generation(opened, weightBytes);
opened.model.close();
