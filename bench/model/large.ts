/**
 * `deno run -A bench/model/large.ts [1.5B|7B] [--device NAME]`: a random checkpoint of Qwen2.5-1.5B's shape in NF4
 * (1.4 GB, in a temporary directory that is removed again): load, and forward, tangent and reverse of 16 path points of
 * 48 rows; or of Qwen2.5-7B's (4.8 GB), with 2 path points.
 */
import assert from "node:assert/strict";
import { loadModel } from "../../src/model/model.ts";
import { takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { maxRss } from "../max_rss.ts";
import { MODEL_SHAPES, type ModelShape } from "../shapes.ts";
import { writeRandomCheckpoint } from "./random_checkpoint.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";

/** A shape, and path points that take minutes at most. */
const SIZES: Readonly<Record<string, { readonly shape: ModelShape; readonly points: number }>> = {
  "1.5B": { shape: MODEL_SHAPES[2], points: 16 },
  "7B": {
    shape: {
      name: "Qwen2.5-7B",
      hiddenSize: 3584,
      intermediateSize: 18944,
      layers: 28,
      heads: 28,
      kvHeads: 4,
      headSize: 128,
      vocabularySize: 152064,
    },
    points: 2,
  },
};
// 36 + 13 − 1 = 48 rows.
const PROMPT = 36;
const TARGETS = 13;
/** Tolerance of Σ_i gradient_i · direction_i against the tangent, which are equal but for rounding. */
const RELATIVE = 1e-3;

const WRITE = "--write";
const { device, rest: [size = "1.5B", mode, written] } = takeDevice(Deno.args);
if (!(size in SIZES)) {
  throw new RangeError(`Cannot measure a size as it must be one of ${Object.keys(SIZES).join(", ")}: got ${size}`);
}
const { shape, points: POINTS } = SIZES[size];

if (mode === WRITE) {
  writeRandomCheckpoint(written, shape);
} else {
  const directory = await Deno.makeTempDir({ prefix: "whence_large_" });
  try {
    // In another process, so that the memory of the writer is not counted.
    const args = ["run", "-A", import.meta.url, size, WRITE, directory];
    const { code } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
    assert.equal(code, 0);
    await measure(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function measure(directory: string): Promise<void> {
  const name = `${shape.name} shape, random NF4`;
  const fileBytes = (await Deno.stat(`${directory}/model.safetensors`)).size;
  const loading = startStopwatch();
  const model = await loadModel(directory, { device });
  emit({
    what: `${name}: load`,
    value: loading(),
    unit: "s",
    note: `${(fileBytes / 2 ** 30).toFixed(2)} GiB, just written`,
  });
  const ids = (count: number, step: number) =>
    Array.from({ length: count }, (_, i) => (1 + i * step) % shape.vocabularySize);
  const end = await model.embed(ids(PROMPT, 4099));
  const path = await model.path({ start: new Float32Array(end.length), end, targets: ids(TARGETS, 9973) });
  const alphas = Array.from({ length: POINTS }, (_, i) => (i + 0.5) / POINTS);
  const evaluating = startStopwatch();
  const { tangent, gradient } = await path.evaluate(alphas, { tangent: true, gradient: "sequence" });
  const seconds = evaluating();
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const scale = tangent.reduce((top, values) => Math.max(top, Math.abs(sum(values))), 0);
  for (const [i, values] of gradient.entries()) {
    const error = Math.abs(sum(values) - sum(tangent[i]));
    assert.ok(error <= RELATIVE * scale, `point ${i}: forward and reverse mode must agree: got ${error} of ${scale}`);
  }
  const what = `${name}: forward, tangent and reverse, ${POINTS} path points × ${PROMPT + TARGETS - 1} rows`;
  const { gpuSeconds } = model.meter;
  const note = gpuSeconds === null ? "wall clock" : `${gpuSeconds.toFixed(1)} s on the GPU`;
  emit({ what, value: seconds, unit: "s", note });
  emit({
    what: `${name}: most memory of the process, all in all`,
    value: maxRss() / 2 ** 30,
    unit: "GiB",
    note: `${(model.meter.peakBytes / 2 ** 30).toFixed(2)} GiB of it in buffers`,
  });
  model.close();
}
