import assert from "node:assert/strict";
import { trace } from "../../../src/graph/graph.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { weightRows } from "../../../src/ops/block/weight_rows.ts";
import { elementBytes, FORMATS } from "../../../src/ops/formats/format_table.ts";
import { randomValues } from "../../support/random.ts";
import { WEIGHT_FORMATS } from "./weight_formats.ts";

const [ROWS, COLUMNS] = [6, 96];

for (const format of WEIGHT_FORMATS) {
  const { layout, sample, dequantize } = FORMATS[format];
  const values = Float32Array.from(randomValues(ROWS * COLUMNS, 1));
  const stored = sample(values, [ROWS, COLUMNS]);

  Deno.test(`${format} takes the bytes that its layout says, in blocks that slices of weights keep whole`, () => {
    const bytes = { data: stored.data.byteLength, scales: stored.scales?.byteLength ?? null };
    assert.deepEqual(bytes, elementBytes(format, ROWS * COLUMNS));
    assert.equal(64 % (layout.block ?? 1), 0);
  });

  Deno.test(`${format} is read in WGSL as dequantize() reads it, to the bit`, async () => {
    const executor = await createWebGpuExecutor();
    try {
      const g = trace();
      const ids = g.input("ids", { shape: [ROWS], dtype: "u32" });
      const [rows] = g.emit(weightRows, { weight: "w", columns: COLUMNS, scale: 1 }, [ids]);
      await executor.upload({ name: "w", rows: ROWS, columns: COLUMNS }, [{ format, rows: ROWS, ...stored }]);
      const program = await executor.compile(g.finish({ rows }));
      const { outputs } = await program.run({ ids: Uint32Array.from({ length: ROWS }, (_, i) => i) });
      assert.deepEqual(outputs.rows, Float64Array.from(dequantize(stored, [ROWS, COLUMNS])));
    } finally {
      executor.close();
    }
  });
}
