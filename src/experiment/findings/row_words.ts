import { methodOf } from "../../explain/methods/method_table.ts";
import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import { percentText } from "../../report/text/number_text.ts";
import { cutText } from "../../report/text/cut_text.ts";
import { oneLine, visibleText } from "../../report/text/visible_token.ts";
import type { Cell } from "../run/cell.ts";
import type { ResultRow } from "./result_row.ts";

/** Prompt and objective, as tables name them: `michael`, or `michael, entropy`. */
export function promptWord({ prompt, options: { objective } }: Cell): string {
  return objective === COMMON_OPTIONS.objective.default ? prompt : `${prompt}, ${objective}`;
}

/**
 * Tells the paths of a sweep apart, quadrature and effort aside: `zero`, or `zero, layer 3, frozen first`; the scheme
 * of a perturbation method.
 */
export function pathText({ recorded }: Cell, usualFreeze: string): string {
  const { scheme, baseline, layer, prefix } = recorded;
  if (scheme !== undefined) return String(scheme);
  const freeze = freezeText(recorded);
  return [
    ...(baseline === undefined ? [] : [visibleText(String(baseline))]),
    ...(layer === undefined || layer === 0 ? [] : [`layer ${layer}`]),
    ...(prefix === "interpolated" ? ["prefix interpolated"] : []),
    ...(freeze === usualFreeze ? [] : [`frozen ${freeze === "" ? "nothing" : freeze}`]),
  ].join(", ");
}

/** Characters of a target that a cell of a table shows. */
const MOST_OF_TARGET = 48;

/** Returns a target as tables show it: on one line, cut if it is long. */
export function targetText({ target }: ResultRow, most: number = MOST_OF_TARGET): string {
  return cutText(oneLine(target.text).trim() || visibleText(target.text), most);
}

/** Returns the quadrature of a path; for other methods their name and units. */
export function ruleText(cell: Cell): string {
  return methodOf(cell.options.method).alongOnePath ? String(cell.recorded.quadrature) : methodWord(cell);
}

/** Returns a method as tables name it. */
function methodWord({ options, recorded }: Cell): string {
  const { name, word = name, alongOnePath } = methodOf(options.method);
  const shown = alongOnePath ? name : word;
  return recorded.units === "tokens" ? shown : `${shown}, ${visibleText(String(recorded.units))}`;
}

/** Asks whether a method's parts should sum to the gap, so that they can miss it. */
export function hasGapToMeet({ options }: Cell): boolean {
  return methodOf(options.method).looseParts === undefined;
}

/** Returns a completeness error; of parts that need not sum to the gap, how far apart the two are. */
export function errorText(cell: Cell, relative: number | null): string {
  return relative === null || hasGapToMeet(cell) ? percentText(relative) : `${percentText(relative)} apart`;
}

function freezeText({ freeze }: Cell["recorded"]): string {
  return (freeze as readonly string[]).join("+");
}

/** Returns the freeze choice that most of the cells share, and that tables need not mention. */
export function usualFreeze(rows: readonly { readonly cell: Cell }[]): string {
  const counts = new Map<string, number>();
  for (const { cell } of rows) {
    const freeze = freezeText(cell.recorded);
    counts.set(freeze, (counts.get(freeze) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
