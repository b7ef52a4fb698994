/**
 * `deno run -A bench/scaling/long_prompt.ts TOKENS [--device NAME]`: input × gradient, one forward and one reverse, of
 * a question about a pasted document, in a process of its own. Prints its cost and answer as JSON.
 */
import assert from "node:assert/strict";
import { type MeasuredDevice, takeDevice } from "../device.ts";
import { print } from "../figure.ts";
import { maxRss } from "../max_rss.ts";
import { subject } from "../model/subject.ts";
import { loadModel } from "../../src/model/model.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { pastedDocument } from "./pasted_document.ts";

/** Cost and answer of one input × gradient. */
export interface LongPrompt {
  readonly prompt: readonly number[];
  readonly target: readonly number[];
  /** Wall clock, of the second run; the first compiles. */
  readonly seconds: number;
  readonly gpuSeconds: number | null;
  /** Most bytes held for weights, values and states. */
  readonly bytes: number;
  /** Bytes held for weights alone. */
  readonly weights: number;
  /** Most memory of the process. */
  readonly process: number;
  /** Σ_t log p, nats. */
  readonly score: number;
  /** [L], nats. */
  readonly attribution: readonly number[];
}

/** Tolerance of Σ_i attribution_i against the tangent, equal but for rounding, relative to Σ_i |attribution_i|. */
const RELATIVE = 1e-3;

async function measure(tokens: number, device: MeasuredDevice): Promise<LongPrompt> {
  const { source, options } = subject(device);
  const model = await loadModel(source, options);
  // Before any program exists the plan holds the weights alone.
  const weights = model.meter.predictedBytes;
  const { prompt, target } = await pastedDocument(await model.tokenizer(), tokens);
  const end = await model.embed(prompt);
  // Gradient times direction is input × gradient where the path starts at zero.
  const path = await model.path({ start: new Float32Array(end.length), end, targets: target });
  const run = async () => {
    const before = model.meter.gpuSeconds;
    const wall = startStopwatch();
    const { score: [score], gradient: [gradient] } = await path.evaluate([1], { tangent: false, gradient: "sequence" });
    const seconds = wall();
    const after = model.meter.gpuSeconds;
    return { seconds, gpuSeconds: before === null || after === null ? null : after - before, score, gradient };
  };
  const [first, second] = [await run(), await run()];
  assert.deepEqual(second.gradient, first.gradient, "the same kernels must give the same bits");
  const { seconds, gpuSeconds, score, gradient } = second;
  const cost = { seconds, gpuSeconds, weights, bytes: model.meter.peakBytes, process: maxRss() };
  const { tangent: [tangent] } = await path.evaluate([1], { tangent: true, gradient: "none" });
  model.close();
  const [reverse, forward] = [sum(gradient), sum(tangent)];
  const scale = gradient.reduce((total, value) => total + Math.abs(value), 0);
  const error = Math.abs(reverse - forward);
  assert.ok(error <= RELATIVE * scale, `forward and reverse mode must agree: got ${error} of ${scale}`);
  return { prompt, target, ...cost, score: sum(score), attribution: [...gradient] };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

const { device, rest: [tokens] } = takeDevice(Deno.args);
print(JSON.stringify(await measure(Number(tokens), device)));
