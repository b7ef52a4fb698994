import assert from "node:assert/strict";
import fmaPeakSource from "./fma_peak.wgsl" with { type: "text" };
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, type Dispatch, type Pass } from "../../src/gpu/pass.ts";
import { forwardProduct, type ProductVariant, transposedProduct, wholeBuffer } from "../../src/ops/product.ts";
import { unroll } from "../../src/ops/product_unroll.ts";
import type { WeightFormat } from "../../src/ops/weight.ts";
import { runDispatches, sample, sampleWeight, upload } from "../../test/ops/product_sample.ts";
import { gpuSeconds, median } from "./gpu_time.ts";

const gpu = await openGpu();

/** A weight [outputs, inner], and how many rows it meets. */
interface Shape {
  readonly name: string;
  readonly format: WeightFormat;
  readonly inner: number;
  readonly outputs: number;
  readonly rows: readonly number[];
}

const SHAPES: readonly Shape[] = [
  { name: "SmolLM2 qkv", format: "nf4", inner: 576, outputs: 960, rows: [31, 256] },
  { name: "SmolLM2 gate/up", format: "nf4", inner: 576, outputs: 3072, rows: [31, 256] },
  { name: "SmolLM2 down", format: "nf4", inner: 1536, outputs: 576, rows: [31, 256] },
  // 8,192 rows at a time, as targetLogProb takes them.
  { name: "SmolLM2 head slice", format: "f32", inner: 576, outputs: 8192, rows: [13, 104] },
  { name: "SmolLM2 head slice", format: "bf16", inner: 576, outputs: 8192, rows: [13, 104] },
  { name: "1.5B qkv", format: "nf4", inner: 1536, outputs: 2048, rows: [31, 256] },
  { name: "1.5B gate", format: "nf4", inner: 1536, outputs: 8960, rows: [31] },
  { name: "1.5B down", format: "nf4", inner: 8960, outputs: 1536, rows: [31] },
];

const VARIANTS: readonly ProductVariant[] = ["generic", "tile", ...gpu.features.subgroups ? ["subgroup" as const] : []];

const ROUNDS = 5;
/** Timestamps of shorter runs are mostly overhead. */
const SHORTEST_SECONDS = 0.02;
/** Of |result − reference|: f32 sums of `terms` products of values in [−1, 1) against f64. */
const ATOL_PER_TERM = 2 ** -24;
const RTOL = 2e-6;

const pipelines = createPipelineCache(gpu);
const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(line + "\n"));
}

const PEAK = { steps: 100, lanes: 64 * 64, gflop: 2 * 64 * 64 * 100 * 16 * 12 / 1e9 };

/** Nothing but fused multiply-adds: what the adapter could do at best while the others ran. */
async function fmaPeak(): Promise<Pass> {
  const y = wholeBuffer(createAllocator(gpu).create("y", PEAK.lanes * 4, STORAGE));
  const kernel = specialize("fma_peak", [unroll(fmaPeakSource, {})], { STEPS: PEAK.steps });
  return await createPass(gpu, pipelines, createAllocator(gpu), [
    { kernel, bindings: [y], params: [1], workgroups: [PEAK.lanes / 64, 1, 1] },
  ]);
}

/** Checks 200 elements of each kernel's result against f64 sums, then times the kernels in turn. */
async function compare({ name, format, inner, outputs }: Shape, rows: number, transposed: boolean): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w, reference: { values } } = sampleWeight(gpu, allocator, format, [outputs], inner);
  const [width, length] = transposed ? [outputs, rows * inner] : [inner, rows * outputs];
  const input = sample(rows * width, 3);
  const from = wholeBuffer(upload(gpu, allocator, Float32Array.from(input)));
  const to = wholeBuffer(allocator.create("result", length * 4, STORAGE));
  const term = transposed
    ? (m: number, k: number, n: number) => input[m * outputs + n] * values[n * inner + k]
    : (m: number, n: number, k: number) => input[m * inner + k] * values[n * inner + k];
  const dispatchesOf = (variant: ProductVariant): Dispatch[] => {
    const product = { w, segment: w.segments[0], weightRow: 0, count: outputs, rows, subgroups: true, variant };
    return transposed
      ? transposedProduct({ ...product, dy: from, dx: to }, { column: 0, stride: outputs, accumulate: false })
      : forwardProduct({ ...product, x: from, y: to, bias: null }, { column: 0, stride: outputs });
  };
  const passes: Pass[] = [peak];
  for (const variant of VARIANTS) {
    const dispatches = dispatchesOf(variant);
    const result = await runDispatches(gpu, pipelines, allocator, dispatches, to.buffer, length);
    checkSome(result, length / rows, width, term);
    passes.push(await createPass(gpu, pipelines, allocator, dispatches));
  }
  const [peakSeconds, ...seconds] = await timeInTurn(passes);
  const best = PEAK.gflop / peakSeconds;
  const rates = seconds.map((s) => 2 * rows * inner * outputs / 1e9 / s);
  const fastest = rates[rates.length - 1];
  const shape = `${name} ${format} ${inner}→${outputs}`.padEnd(36) +
    `×${String(rows).padStart(4)} ${transposed ? "dx" : "y "}`;
  const figures = rates.map((rate) => rate.toFixed(1).padStart(7)).join(" ");
  print(
    `${shape}${figures}  ratio ${(fastest / rates[0]).toFixed(1)}, ${(100 * fastest / best).toFixed(0)} % of ${
      best.toFixed(0)
    }`,
  );
  allocator.freeAll();
}

function checkSome(
  result: Float32Array,
  columns: number,
  terms: number,
  term: (row: number, column: number, i: number) => number,
): void {
  for (let sampled = 0; sampled < 200; sampled++) {
    const at = (sampled * 7919 + 13) % result.length;
    let sum = 0;
    for (let i = 0; i < terms; i++) sum += term(Math.floor(at / columns), at % columns, i);
    const tolerance = ATOL_PER_TERM * terms + RTOL * Math.abs(sum);
    assert.ok(Math.abs(result[at] - sum) <= tolerance, `[${at}] must be ${sum}: got ${result[at]}`);
  }
}

/** Medians over rounds in which each pass runs once, so that what else runs on the machine meets all alike. */
async function timeInTurn(passes: readonly Pass[]): Promise<number[]> {
  const repeats: number[] = [];
  for (const pass of passes) repeats.push(Math.ceil(SHORTEST_SECONDS / await gpuSeconds(gpu, pass, 1)));
  const seconds: number[][] = passes.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, pass] of passes.entries()) seconds[i].push(await gpuSeconds(gpu, pass, repeats[i]));
  }
  return seconds.map(median);
}

// Wall-clock benches would time the wait for the readback, so the table is made while `deno bench` loads this file.
const peak = await fmaPeak();
print(`${gpu.adapter}: GFLOPS of the kernels ${VARIANTS.join(", ")}; the last against the first, and of the FMA peak`);
for (const shape of SHAPES) {
  for (const rows of shape.rows) {
    for (const transposed of [false, true]) await compare(shape, rows, transposed);
  }
}
gpu.close();
