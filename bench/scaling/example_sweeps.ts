import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import type { Executor } from "../../src/graph/executor.ts";
import { EMBEDDED, embeddedModel } from "../../src/model/load/embedded.ts";
import { parseConfig } from "../../src/model/load/model_config.ts";
import { type BatchShape, rowsPerSequence } from "../../src/model/graphs/batch_shape.ts";
import type { DecoderSpec } from "../../src/model/graphs/decoder.ts";
import { pathGraph } from "../../src/model/graphs/path_graph.ts";
import { rotationTable } from "../../src/model/graphs/rotation.ts";
import { EMBEDDING, hasAttentionBias } from "../../src/model/load/weight_layout.ts";
import { loadWeights } from "../../src/model/load/load_weights.ts";
import { openExecutor } from "../../src/model/load/open_executor.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import type { MeasuredDevice } from "../device.ts";
import { type Cost, emitExponents } from "./emit_exponents.ts";
import { assertNear, openSubject, subject } from "../model/subject.ts";

// Other programs only ever add to a time, often for seconds. So the sizes take turns, and the least of several rounds
// counts.
const ROUNDS = 3;
const RUNS = 2;

/** The varied size and its values; the other sizes stay at those of the example. */
interface Sweep {
  readonly what: string;
  readonly sizes: readonly number[];
  at(size: number): { readonly shape: BatchShape; readonly layers: number };
}

// The other sizes are small, or they would hide the varied one.
function sweeps(layers: number): Sweep[] {
  const example = { prompt: 18, shared: 0, targets: 13 };
  return [
    { what: "path points", sizes: [2, 4, 8, 16], at: (n) => ({ shape: { ...example, sequences: n }, layers }) },
    {
      what: "prompt tokens, 2 target tokens",
      sizes: [64, 128, 256],
      at: (n) => ({ shape: { sequences: 1, prompt: n, shared: 0, targets: 2 }, layers }),
    },
    {
      what: "target tokens, 2 prompt tokens",
      sizes: [32, 64, 128],
      at: (n) => ({ shape: { sequences: 1, prompt: 2, shared: 0, targets: n }, layers }),
    },
    {
      what: "layers, 1 target token",
      sizes: [Math.ceil(layers / 4), Math.ceil(layers / 2), layers],
      at: (n) => ({ shape: { sequences: 8, prompt: 18, shared: 0, targets: 1 }, layers: n }),
    },
  ];
}

/** Runs forward and reverse of a path between real embeddings; compiled once, the least of a few runs. */
async function measure(
  executor: Executor,
  model: DecoderSpec,
  ids: { readonly prompt: readonly number[]; readonly target: readonly number[] },
  embed: (ids: readonly number[]) => Promise<Float32Array>,
  shape: BatchShape,
): Promise<Cost & { readonly score: Float64Array }> {
  const { config } = model;
  const S = rowsPerSequence(shape);
  // The example's tokens, repeated if more are needed.
  const cycle = (from: readonly number[], count: number) =>
    Array.from({ length: count }, (_, i) => from[i % from.length]);
  const targets = cycle(ids.target, shape.targets);
  const tokens = [...cycle(ids.prompt, shape.prompt), ...targets.slice(0, -1)];
  const end = Float32Array.from(await embed(tokens));
  const fixedFrom = shape.prompt * config.hiddenSize;
  const start = end.map((value, i) => i < fixedFrom ? 0 : value);
  const program = await executor.compile(pathGraph(model, shape, { tangent: false, gradient: "sequence" }));
  const inputs = {
    start,
    end,
    delta: end.map((value, i) => value - start[i]),
    // The last point is the prompt itself.
    alpha: Float32Array.from({ length: shape.sequences }, (_, b) => (b + 1) / shape.sequences),
    rotation: rotationTable(config, 0, S),
    targets: Uint32Array.from({ length: shape.sequences * shape.targets }, (_, i) => targets[i % shape.targets]),
  };
  const seconds: number[] = [];
  let score = new Float64Array();
  for (let run = 0; run <= RUNS; run++) {
    const wall = startStopwatch();
    const { outputs, gpuSeconds } = await program.run(inputs);
    if (run > 0) seconds.push(gpuSeconds ?? wall());
    score = Float64Array.from(outputs.score.slice(-shape.targets));
  }
  const bytes = program.slots.reduce((sum, size) => sum + size, program.ownBytes);
  program.dispose();
  return { seconds: Math.min(...seconds), bytes, score };
}

/** Measures seconds, of the GPU's clock where there is one, and planned bytes against the example's sizes. */
export async function measureExample(device: MeasuredDevice): Promise<void> {
  const chosen = subject(device);
  // Its log-probs are checked against the reference while it is opened, and ours against its.
  const opened = await openSubject(chosen);
  const { prompt, target } = opened;
  const [expected] = await opened.model.score([await opened.model.embed(prompt)], target);
  const clock = opened.model.meter.gpuSeconds === null ? "by the wall clock" : "on the GPU";
  opened.model.close();

  const source = chosen.source === EMBEDDED ? await embeddedModel() : chosen.source;
  const checkpoint = await openCheckpoint(source);
  const config = parseConfig(checkpoint.config, source);
  const executor = await openExecutor({ device });
  await loadWeights(checkpoint, config, executor, chosen.options.quantize ?? "none");
  const embed = (ids: readonly number[]) => checkpoint.readRows(EMBEDDING, ids);
  const costOf = ({ shape, layers }: ReturnType<Sweep["at"]>) => {
    const model = { config: { ...config, layers }, attentionBias: hasAttentionBias(checkpoint) };
    return measure(executor, model, { prompt, target }, embed, shape);
  };
  const example = {
    shape: { sequences: 2, prompt: prompt.length, shared: 0, targets: target.length },
    layers: config.layers,
  };
  assertNear((await costOf(example)).score, expected, 5e-4, "log-probs");

  for (const { what, sizes, at } of sweeps(config.layers)) {
    const costs: Cost[] = sizes.map(() => ({ seconds: Infinity, bytes: 0 }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, size] of sizes.entries()) {
        const { seconds, bytes } = await costOf(at(size));
        costs[i] = { seconds: Math.min(seconds, costs[i].seconds), bytes };
      }
    }
    emitExponents({ model: chosen.name, size: what, clock }, sizes, costs);
  }
  executor.close();
  checkpoint.close();
}
