import { CHAIN_OPTIONS } from "../../explain/options/chain_options.ts";
import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import { METRICS } from "../../explain/options/metric_options.ts";
import { methodOf } from "../../explain/methods/method_table.ts";
import { recordedNames } from "../../explain/methods/option_order.ts";
import type { AttributionOptions, ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { fillOptions, recordedOptions } from "../../explain/methods/resolve_options.ts";

type Recorded = Readonly<Record<string, unknown>>;

/** Options whose words have places of their own in an id. */
const PLACED = ["objective", "scheme", "units", "targetUnits", ...Object.keys(CHAIN_OPTIONS), "freeze"];

/** Returns the words that tell a cell's options: those of its method, then the rest that is not the default. */
export function cellWords(options: ResolvedOptions, recorded: Recorded): string[] {
  const { name, word = name, family, idWords } = methodOf(options.method);
  const objective = recorded.objective === COMMON_OPTIONS.objective.default ? [] : [String(recorded.objective)];
  const own = idWords?.(recorded) ?? unusualWords(options, recorded);
  const rest = family === "perturbation"
    ? [String(recorded.scheme), ...unitWords(recorded), ...own]
    : [...own, ...unitWords(recorded)];
  return [...objective, word, ...rest, ...chainWords(recorded), ...frozenWords(recorded)];
}

function unitWords({ units, targetUnits }: Recorded): string[] {
  return [
    ...(units === "tokens" ? [] : [String(units)]),
    ...(targetUnits === "tokens" ? [] : [`target-${targetUnits}`]),
  ];
}

function chainWords({ through, shares, answer, passes }: Recorded): string[] {
  if (through === undefined) return [];
  const of = answer === null ? [] : [`answer-${answer}`];
  const usual = shares === undefined || shares === CHAIN_OPTIONS.shares.default;
  return [
    `through-${through}`,
    ...of,
    ...(usual ? [] : [String(shares)]),
    ...(passes === undefined ? [] : [`passes-${passes}`]),
  ];
}

function frozenWords({ freeze }: Recorded): string[] {
  const { kind, default: usual } = COMMON_OPTIONS.freeze;
  const frozen = (freeze as readonly string[]).join("+");
  if (frozen === (kind.write(usual as never) as readonly string[]).join("+")) return [];
  return [frozen === "" ? "nothing-frozen" : `frozen-${frozen}`];
}

/** Returns a method's options that are not the defaults. */
function unusualWords({ method }: ResolvedOptions, recorded: Recorded): string[] {
  const { objective, scheme } = recorded;
  const usual = recordedOptions(fillOptions({ method, objective, scheme } as AttributionOptions));
  return recordedNames()
    .filter((name) => name in recorded && !PLACED.includes(name) && recorded[name] !== usual[name])
    .map((name) => `${name}-${recorded[name]}`);
}

/** Returns the metrics with all their options, as a cell's key has them; undefined where there are none. */
export function writtenMetrics({ metrics }: ResolvedOptions): unknown {
  return metrics === null ? undefined : METRICS.write(metrics);
}
