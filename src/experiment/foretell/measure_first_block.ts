import { loadFirstBlock } from "../../model/load_first_block.ts";
import { measurePace } from "../../model/measure_pace.ts";
import type { LoadOptions } from "../../model/model.ts";
import { startStopwatch } from "../../time/stopwatch.ts";

/** Measures the pace of a model, multiplications a second, without loading more than its first block. */
export async function measureFirstBlock(source: string, options: LoadOptions): Promise<number> {
  const model = await loadFirstBlock(source, options);
  try {
    return await measurePace(model, startStopwatch());
  } finally {
    model.close();
  }
}
