/**
 * Measures the products of a decode step, one row by each weight. They are bound by reading W, so that bytes of W a
 * second are compared with those of a kernel that only reads.
 * - `deno bench -A bench/kernels/single_bench.ts`: of the smallest model
 * - `deno run -A bench/kernels/single_bench.ts WORD…`: of all models whose names have one of the words
 */
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { timeInTurn } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, wholeBuffer } from "../../src/gpu/pass.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";
import { sample, sampleWeight } from "../../src/ops/formats/sample_weight.ts";
import { singleProduct } from "../../src/ops/product/single_product.ts";
import { emit, print } from "../figure.ts";
import { bandwidthPeak } from "../peak.ts";
import { MODEL_SHAPES } from "../shapes.ts";
import { benchArguments, checkSome, type ModelWeight, weightBytes, WEIGHTS } from "./model_weights.ts";

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);
const peaks = [await bandwidthPeak(gpu, "read"), await bandwidthPeak(gpu, "stretch")];

/** Checks elements of the result against f64 sums, then times the product in turn with the bandwidth peak. */
async function measure(weight: ModelWeight): Promise<void> {
  const { name, format, inner, outputs } = weight;
  const allocator = createAllocator(gpu);
  const { onGpu: w, reference: { values } } = sampleWeight(gpu, allocator, format, [outputs], inner);
  const input = sample(inner, 3);
  const y = allocator.create("result", outputs * 4, STORAGE);
  const dispatches = singleProduct({
    x: wholeBuffer(upload(gpu, allocator, Float32Array.from(input))),
    y: wholeBuffer(y),
    added: null,
    w,
    segment: w.segments[0],
    weightRow: 0,
    count: outputs,
    subgroups: gpu.features.subgroups,
    software: gpu.software,
  }, { column: 0, stride: outputs });
  const result = await runDispatches(gpu, pipelines, allocator, dispatches, y, outputs);
  checkSome(result, outputs, inner, (_row, n, k) => input[k] * values[n * inner + k]);
  const pass = await createPass(gpu, pipelines, allocator, dispatches);
  const seconds = await timeInTurn(gpu, [...peaks.map(({ pass }) => pass), pass]);
  const spent = seconds[peaks.length];
  const value = weightBytes(weight) / 1e9 / spent;
  const best = Math.max(...peaks.map(({ amount }, i) => amount / seconds[i]));
  emit({
    what: `${name} ${format} ${inner}→${outputs}, one row`,
    value,
    unit: "GB/s",
    share: value / best,
    note: `${
      (2 * inner * outputs / 1e9 / spent).toPrecision(3)
    } GFLOPS; the peak is of reading 64 MiB, more than any cache holds, in the better of two ways`,
  });
  allocator.freeAll();
}

// Wall-clock benches would time the wait for the readback, so the table is made while `deno bench` loads this file.
print(`${gpu.adapter}: products of a single row, as a share of what reading reaches`);
const { matches } = benchArguments(Deno.args.length > 0 ? Deno.args : [MODEL_SHAPES[0].name]);
for (const weight of WEIGHTS.filter(({ name }) => matches(name))) await measure(weight);
gpu.close();
