import assert from "node:assert/strict";
import type { Executor } from "../../src/graph/executor.ts";
import { sliceWeight } from "../../src/graph/gpu_weights.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { weightRows } from "../../src/ops/block/weight_rows.ts";
import { elementBytes, FORMATS, WEIGHT_FORMATS } from "../../src/ops/formats/format_table.ts";
import type { WeightSegment } from "../../src/ops/formats/weight.ts";
import { linear, linearTransposed } from "../../src/ops/product/linear.ts";
import { assertClose } from "../support/closeness.ts";
import { randomValues } from "../support/random.ts";

const [COLUMNS, ROWS] = [192, 200];
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

/** Products, transposed products and rows of the weight. */
async function run(executor: Executor, segments: readonly WeightSegment[]): Promise<readonly Float64Array[]> {
  try {
    const g = trace();
    const attributes = { weight: "w", bias: null, outputs: ROWS, inner: COLUMNS };
    const x = g.input("x", { shape: [1, COLUMNS], dtype: "f32" });
    const dy = g.input("dy", { shape: [3, ROWS], dtype: "f32" });
    const ids = g.input("ids", { shape: [SOME.length], dtype: "u32" });
    const results = [
      g.emit(linear, { ...attributes, single: true }, [x])[0],
      g.emit(linear, attributes, [x])[0],
      g.emit(linearTransposed, attributes, [dy])[0],
      g.emit(weightRows, { weight: "w", columns: COLUMNS, scale: 1 }, [ids])[0],
    ];
    await executor.upload(INFO, segments);
    const program = await executor.compile(g.finish({ results }));
    const inputs = {
      x: randomValues(COLUMNS, 3),
      dy: randomValues(3 * ROWS, 4),
      ids: Uint32Array.from(SOME),
    };
    return (await program.run(inputs)).outputs.results;
  } finally {
    executor.close();
  }
}

for (const format of WEIGHT_FORMATS) {
  Deno.test(`a weight in ${format} that several bindings hold is the one that the reference sees`, async () => {
    const segments = segmentsOf(format);
    const limits = {
      maxStorageBufferBindingSize: elementBytes(format, SLICE_ROWS * COLUMNS).data,
      maxBufferSize: 2 ** 28,
    };
    assert.deepEqual(sliceWeight(limits, INFO, segments).map(({ rows }) => rows), [128, 72]);
    const expected = await run(createReferenceExecutor(), segments);
    const actual = await run(await createWebGpuExecutor(undefined, limits), segments);
    expected.forEach((values, i) => {
      assertClose(actual[i], values, { absolute: 2e-5, relative: 2e-6 }, `result ${i}`);
    });
  });
}
