import assert from "node:assert/strict";
import { sliceWeight } from "../../src/graph/gpu_weights.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { elementBytes, FORMATS } from "../../src/ops/formats/format_table.ts";
import { WEIGHT_FORMATS } from "../ops/formats/weight_formats.ts";
import type { WeightSegment } from "../../src/ops/formats/weight.ts";
import { assertClose } from "../support/closeness.ts";
import { randomValues } from "../support/random.ts";
import { runOnWeight } from "../support/weight_run.ts";

// Kernels of test/ops/product/linear_test.ts, which the driver keeps.
const [COLUMNS, ROWS] = [128, 200];
const INFO = { name: "w", rows: ROWS, columns: COLUMNS };
const SLICE_ROWS = 128;
// Rows at the ends of slices and segments.
const SOME = [0, 95, 96, 127, 128, 129, 199];

/** Two segments, of which the second does not begin where a slice does. */
function segmentsOf(format: typeof WEIGHT_FORMATS[number]): WeightSegment[] {
  return [96, 104].map((rows, i) => {
    const values = Float32Array.from(randomValues(rows * COLUMNS, i + 1));
    return { format, rows, ...FORMATS[format].sample(values, [rows, COLUMNS]) };
  });
}

for (const format of WEIGHT_FORMATS) {
  Deno.test(`a weight in ${format} that several bindings hold is the one that the reference sees`, async () => {
    const segments = segmentsOf(format);
    const limits = {
      maxStorageBufferBindingSize: elementBytes(format, SLICE_ROWS * COLUMNS).data,
      maxBufferSize: 2 ** 28,
    };
    assert.deepEqual(sliceWeight(limits, INFO, segments).map(({ rows }) => rows), [128, 72]);
    const expected = await runOnWeight(createReferenceExecutor(), INFO, segments, SOME);
    const actual = await runOnWeight(await createWebGpuExecutor(undefined, limits), INFO, segments, SOME);
    expected.forEach((values, i) => {
      assertClose(actual[i], values, { absolute: 2e-5, relative: 2e-6 }, `result ${i}`);
    });
  });
}
