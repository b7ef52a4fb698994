/**
 * `deno run -A bench/model/throughput.ts [--device NAME]`: load, forward, forward and reverse, generation, on the
 * example; on WebGPU by timestamps and in turn with the adapter's peaks, elsewhere by the wall clock.
 */
import assert from "node:assert/strict";
import { type Gpu, openGpu } from "../../src/gpu/device.ts";
import { takeDevice } from "../device.ts";
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

const { device } = takeDevice(Deno.args);
const chosen = subject(device);
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

/** Measures the seconds of `work` on the model: of the GPU where it tells them, else of the wall clock. */
async function metered({ model }: Opened, work: () => Promise<unknown>): Promise<{ wall: number; device: number }> {
  const before = model.meter.gpuSeconds;
  const clock = startStopwatch();
  await work();
  const wall = clock();
  const after = model.meter.gpuSeconds;
  return { wall, device: before === null || after === null ? wall : after - before };
}

/** A kernel that only multiplies and adds, ready to run in turn with a model; its rates so far, GFLOPS. */
interface Ruler {
  measure(): Promise<void>;
  readonly rates: number[];
}

async function fmaRuler(gpu: Gpu, accumulators: number): Promise<Ruler> {
  const { pass, amount } = await fmaPeak(gpu, accumulators);
  await gpuSeconds(gpu, pass, 1);
  const rates: number[] = [];
  return { rates, measure: async () => void rates.push(amount / await gpuSeconds(gpu, pass, 10)) };
}

/** Times forward, tangent and reverse of 8 path points, on WebGPU in turn with the FMA peak. */
async function pathPoints(opened: Opened, gpu: Gpu | null): Promise<void> {
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
  const rulers = gpu === null ? [] : [await fmaRuler(gpu, BEST), await fmaRuler(gpu, RULER)];
  // The last target token is never attended to.
  const S = prompt.length + target.length - 1;
  const forward = forwardFlop(model.config, { B: POINTS, S, T: target.length }) / 1e9;
  const seconds: number[][] = wants.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, want] of wants.entries()) {
      const spent = await metered(opened, () => path.evaluate(alphas, want));
      // The first round compiles.
      if (round > 0) seconds[i].push(spent.device);
      for (const ruler of rulers) await ruler.measure();
    }
  }
  const [best, reached] = rulers.map(({ rates }) => median(rates));
  wants.forEach(({ what, passes }, i) => {
    const value = passes * forward / median(seconds[i]);
    const size = `${POINTS} path points, L ${prompt.length}, T ${target.length}`;
    const figure = { what: `${name}: ${what}, ${size}`, value, unit: "GFLOPS" };
    const milliseconds = `${(1000 * median(seconds[i])).toFixed(0)} ms`;
    const work = `for ${(passes * forward).toFixed(1)} GFLOP`;
    if (gpu === null) emit({ ...figure, note: `${milliseconds} of the wall clock ${work}` });
    else {
      const note = `${milliseconds} on the GPU ${work}, peak ${best.toFixed(0)} GFLOPS; ${ofRuler(value / reached)}`;
      emit({ ...figure, share: value / best, note });
    }
  });
}

/** Times greedy tokens. The difference to a run of one token leaves out the prompt's pass and the compilation. */
async function generation(opened: Opened, gpu: Gpu | null, weightBytes: number): Promise<void> {
  const { model, prompt } = opened;
  if (chosen.golden !== null) {
    const { ids } = chosen.golden.generation;
    assert.deepEqual(await model.generate(prompt, ids.length), ids);
  }
  const count = (await model.generate(prompt, TOKENS)).length;
  const wall: number[] = [];
  const onDevice: number[] = [];
  for (let round = 0; round < 3; round++) {
    const spent = (tokens: number) => metered(opened, () => model.generate(prompt, tokens));
    const [one, many] = [await spent(1), await spent(count)];
    wall.push((many.wall - one.wall) / (count - 1));
    onDevice.push((many.device - one.device) / (count - 1));
  }
  const rate = `${(weightBytes / 1e9 / median(onDevice)).toFixed(2)} GB/s of weights`;
  const note = gpu === null
    ? `wall clock, ${rate}`
    : `wall clock; GPU alone ${(1 / median(onDevice)).toFixed(1)} tokens/s = ${rate}, ${await readRates(gpu)}`;
  emit({ what: `${name}: generation of ${count} tokens`, value: 1 / median(wall), unit: "tokens/s", note });
}

/** Measures kernels that only read, in words. */
async function readRates(gpu: Gpu): Promise<string> {
  const peaks = [await bandwidthPeak(gpu, "read"), await bandwidthPeak(gpu, "stretch")];
  const seconds = await timeInTurn(gpu, peaks.map(({ pass }) => pass));
  const [neighbours, stretches] = peaks.map(({ amount }, i) => (amount / seconds[i]).toFixed(2));
  return `kernels that only read reach ${neighbours} GB/s where neighbouring lanes read neighbouring elements, ` +
    `${stretches} GB/s where each lane reads a stretch of its own`;
}

await load();
const model = await loadModel(chosen.source, chosen.options);
// Before any program exists the plan holds the weights alone.
const weightBytes = model.meter.predictedBytes;
model.close();
const opened = await openSubject(chosen);
const gpu = device === "webgpu" ? await openGpu() : null;
await pathPoints(opened, gpu);
await generation(opened, gpu, weightBytes);
gpu?.close();
opened.model.close();
