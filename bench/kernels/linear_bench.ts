/**
 * Measures the matrix products at the models' shapes in GFLOPS.
 * - `deno bench -A bench/kernels/linear_bench.ts`: of the smallest model
 * - `deno run -A bench/kernels/linear_bench.ts ROWS… [WORD…]`: of all models, or of weights whose names have one of the
 *   words, at these numbers of rows
 */
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { timeInTurn } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, type Dispatch, type Pass, wholeBuffer } from "../../src/gpu/pass.ts";
import { forwardProduct, transposedProduct } from "../../src/ops/product/product.ts";
import { partElements } from "../../src/ops/product/product_parts.ts";
import type { ProductVariant } from "../../src/ops/product/product_choice.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";
import { sample, sampleWeight } from "../../src/ops/formats/sample_weight.ts";
import { emit, print } from "../figure.ts";
import { BEST, fmaPeak, ofRuler, RULER } from "../peak.ts";
import { MODEL_SHAPES } from "../shapes.ts";
import { benchArguments, checkSome, type ModelWeight, WEIGHTS } from "./model_weights.ts";

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);
const peak = await fmaPeak(gpu, BEST);
const ruler = await fmaPeak(gpu, RULER);

/** Checks 200 elements of each kernel's result against f64 sums, then times the kernels in turn with the peak. */
async function compare(
  { name, format, inner, outputs }: ModelWeight,
  rows: number,
  variants: readonly (ProductVariant | undefined)[],
): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w, reference: { values } } = sampleWeight(gpu, allocator, format, [outputs], inner);
  for (const transposed of [false, true]) {
    const [width, length] = transposed ? [outputs, rows * inner] : [inner, rows * outputs];
    const input = sample(rows * width, 3);
    const from = wholeBuffer(upload(gpu, allocator, Float32Array.from(input)));
    const to = wholeBuffer(allocator.create("result", length * 4, STORAGE));
    const term = transposed
      ? (m: number, k: number, n: number) => input[m * outputs + n] * values[n * inner + k]
      : (m: number, n: number, k: number) => input[m * inner + k] * values[n * inner + k];
    const { features: { subgroups }, software } = gpu;
    const room = partElements(rows, width, length / rows, software);
    const parts = room === 0 ? undefined : wholeBuffer(allocator.create("parts", 4 * room, STORAGE));
    const dispatchesOf = (variant: ProductVariant | undefined): Dispatch[] => {
      const product = {
        w,
        segment: w.segments[0],
        weightRow: 0,
        count: outputs,
        rows,
        subgroups,
        software,
        variant,
        parts,
      };
      return transposed
        ? transposedProduct({ ...product, dy: from, dx: to }, { column: 0, stride: outputs, accumulate: false })
        : forwardProduct({ ...product, x: from, y: to, added: null }, { column: 0, stride: outputs });
    };
    const passes: Pass[] = [peak.pass, ruler.pass];
    for (const variant of variants) {
      const dispatches = dispatchesOf(variant);
      const result = await runDispatches(gpu, pipelines, allocator, dispatches, to.buffer, length);
      checkSome(result, length / rows, width, term);
      passes.push(await createPass(gpu, pipelines, allocator, dispatches));
    }
    const [peakSeconds, rulerSeconds, ...seconds] = await timeInTurn(gpu, passes);
    const best = peak.amount / peakSeconds;
    variants.forEach((variant, i) => {
      const value = 2 * rows * inner * outputs / 1e9 / seconds[i];
      const what = `${name} ${format} ${inner}→${outputs} × ${rows} ${transposed ? "transposed" : "forward"}` +
        (variant === undefined ? "" : `, ${variant}`);
      const note = ofRuler(value / (ruler.amount / rulerSeconds));
      emit({ what, value, unit: "GFLOPS", share: value / best, note });
    });
  }
  allocator.freeAll();
}

// Wall-clock benches would time the wait for the readback, so the table is made while `deno bench` loads this file.
print(`${gpu.adapter}: matrix products, as a share of the FMA peak that ran in turn with them`);
const { rows: asked, matches } = benchArguments(Deno.args);
if (asked.length > 0) {
  for (const rows of asked) {
    for (const weight of WEIGHTS.filter(({ name }) => matches(name))) await compare(weight, rows, [undefined]);
  }
} else {
  // The choice, and its alternatives.
  for (const weight of WEIGHTS.filter(({ name }) => name.startsWith(MODEL_SHAPES[0].name))) {
    await compare(weight, 256, [undefined, "generic", "tile"]);
  }
}
gpu.close();
