import { sweepOrder } from "../../explain/methods/option_order.ts";
import type { AttributionOptions, ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { fillOptions } from "../../explain/methods/resolve_options.ts";
import type { ParsedSweep } from "./experiment_schema.ts";
import { sweepChoices } from "./sweep_choices.ts";

/** Expands a sweep into the cross product of its lists, the last option of the order varying fastest. */
export function expandSweep(sweep: ParsedSweep): ResolvedOptions[] {
  const { method, preset } = sweep;
  const { metrics, ...choices } = sweepChoices(sweep);
  let combinations: Record<string, unknown>[] = [{ method, preset, metrics: metrics?.[0] }];
  for (const name of sweepOrder()) {
    const values = choices[name];
    if (values === undefined) continue;
    combinations = combinations.flatMap((options) => values.map((value) => ({ ...options, [name]: value })));
  }
  return combinations.map((options) => fillOptions(options as AttributionOptions));
}
