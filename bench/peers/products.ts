/**
 * `deno run -A bench/peers/products.ts`: the NF4 products of Whence, onnxruntime-web and jax-js, in one process on one
 * adapter. Each result is checked; then all run in turn, by the wall clock, often enough for the wait not to count.
 */
import assert from "node:assert/strict";
import { openGpu } from "../../src/gpu/device.ts";
import { dequantizeNf4, quantizeNf4 } from "../../src/quant/nf4.ts";
import { sample } from "../../src/ops/formats/sample_weight.ts";
import { emit } from "../figure.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { blockWeights, MODEL_SHAPES } from "../shapes.ts";
import type { Contender, Task } from "./contender.ts";
import { jaxJs } from "./jax.ts";
import { onnxRuntime } from "./onnxruntime.ts";
import { whence } from "./whence.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";

const ROWS = 256;
const ROUNDS = 5;
/** An await of the GPU takes up to 10 ms. */
const SHORTEST_SECONDS = 0.4;
/** f32 sums of up to 3,072 products of values in [−1, 1), in whatever order. */
const ATOL = 2e-3;

function taskOf(inner: number, outputs: number, transposed: boolean): Task {
  const weight = quantizeNf4(sample(outputs * inner, 17), [outputs, inner]);
  return {
    transposed,
    rows: ROWS,
    inner,
    outputs,
    input: sample(ROWS * (transposed ? outputs : inner), 3),
    codes: weight.codes,
    absmax: weight.absmax,
    values: dequantizeNf4(weight),
  };
}

function check({ name }: Contender, result: ArrayLike<number>, task: Task): void {
  const { transposed, rows, inner: K, outputs: N, input, values } = task;
  const [width, terms] = transposed ? [K, N] : [N, K];
  assert.equal(result.length, rows * width, name);
  for (let sampled = 0; sampled < 500; sampled++) {
    const at = (sampled * 7919 + 13) % result.length;
    const [m, column] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let i = 0; i < terms; i++) sum += input[m * terms + i] * values[transposed ? i * K + column : column * K + i];
    assert.ok(Math.abs(result[at] - sum) <= ATOL, `${name}: [${at}] must be ${sum}: got ${result[at]}`);
  }
}

async function seconds(contender: Contender, times: number): Promise<number> {
  const wall = startStopwatch();
  await contender.repeat(times);
  return wall() / times;
}

async function race(contenders: readonly Contender[]): Promise<number[]> {
  const times: number[] = [];
  for (const contender of contenders) {
    await contender.repeat(1);
    times.push(Math.ceil(SHORTEST_SECONDS / await seconds(contender, 2)));
  }
  const all: number[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, contender] of contenders.entries()) all[i].push(await seconds(contender, times[i]));
  }
  return all.map(median);
}

const gpu = await openGpu();
const [smol, , qwen] = MODEL_SHAPES;
const pick = (shape: typeof smol, name: string) => {
  const { inner, outputs } = blockWeights(shape).find(({ weight }) => weight === name)!;
  return { what: `${shape.name} ${name}`, inner, outputs };
};
for (
  const { what, inner, outputs } of [pick(smol, "qkv"), pick(smol, "gate/up"), pick(smol, "down"), pick(qwen, "qkv")]
) {
  for (const transposed of [false, true]) {
    const task = taskOf(inner, outputs, transposed);
    const contenders = [await whence(gpu, task), await onnxRuntime(task), await jaxJs(task)];
    for (const contender of contenders) check(contender, await contender.result(), task);
    const [ours, ...theirs] = await race(contenders);
    const size = `${what} ${inner}→${outputs} × ${ROWS} ${transposed ? "transposed" : "forward"}`;
    const rate = (s: number) => 2 * ROWS * inner * outputs / 1e9 / s;
    emit({ what: `${size}: ${contenders[0].name}`, value: rate(ours), unit: "GFLOPS" });
    theirs.forEach((s, i) => {
      const { name } = contenders[i + 1];
      emit({ what: `${size}: ${name}`, value: rate(s), unit: "GFLOPS" });
      emit({ what: `${size}: Whence against ${name}`, value: s / ours, unit: "× as fast" });
    });
    for (const contender of contenders) await contender.dispose();
  }
}
gpu.close();
// The peers keep their devices open.
Deno.exit(0);
