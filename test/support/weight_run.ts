import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { weightRows } from "../../src/ops/block/weight_rows.ts";
import type { WeightInfo, WeightSegment } from "../../src/ops/formats/weight.ts";
import { linear, linearTransposed } from "../../src/ops/product/linear.ts";
import { randomValues } from "./random.ts";

// Enough rows for every kernel of products.
const ROWS = 5;

/** Results of each op that reads a weight: products of one and of several rows, transposed products, and rows of it. */
export async function runOnWeight(
  executor: Executor,
  info: WeightInfo,
  segments: readonly WeightSegment[],
  ids: readonly number[],
): Promise<readonly Float64Array[]> {
  const { name: weight, rows: outputs, columns: inner } = info;
  try {
    const g = trace();
    const attributes = { weight, bias: null, outputs, inner };
    const x = g.input("x", { shape: [1, inner], dtype: "f32" });
    const xs = g.input("xs", { shape: [ROWS, inner], dtype: "f32" });
    const dy = g.input("dy", { shape: [ROWS, outputs], dtype: "f32" });
    const chosen = g.input("ids", { shape: [ids.length], dtype: "u32" });
    const results = [
      g.emit(linear, { ...attributes, single: true }, [x])[0],
      g.emit(linear, attributes, [xs])[0],
      g.emit(linearTransposed, attributes, [dy])[0],
      g.emit(weightRows, { weight, columns: inner, scale: 1 }, [chosen])[0],
    ];
    await executor.upload(info, segments);
    const program = await executor.compile(g.finish({ results }));
    const inputs = {
      x: randomValues(inner, 3),
      xs: randomValues(ROWS * inner, 4),
      dy: randomValues(ROWS * outputs, 5),
      ids: Uint32Array.from(ids),
    };
    return (await program.run(inputs)).outputs.results;
  } finally {
    executor.close();
  }
}
