import type { BaselineSource } from "../../../attribution/sampled_gradients.ts";
import type { RandomStream } from "../../../statistics/random.ts";
import { baselineRows, drawBaseline, listedBaselines } from "../../baselines/baseline_rows.ts";
import { type Baseline, isAveraged } from "../../options/baseline.ts";
import type { Subject } from "../method.ts";

/** Gives the baselines that are named, or a new one each time. */
export async function baselinesToDraw({ model, text }: Subject, baseline: Baseline): Promise<BaselineSource> {
  const end = text.promptRows;
  if (!isAveraged(baseline)) return [Float64Array.from(await baselineRows(model, text, baseline, end))];
  if (baseline.kind === "samples") {
    return (await listedBaselines(model, text, baseline.samples, end)).map((rows) => Float64Array.from(rows));
  }
  return async (random: RandomStream) => Float64Array.from(await drawBaseline(model, text, baseline, end, random));
}
