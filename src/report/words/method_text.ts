import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { listedBaselines } from "./listed_baselines.ts";
import { methodTitle } from "./method_title.ts";
import { percentText } from "../text/number_text.ts";
import { oneLine } from "../text/visible_token.ts";

/** Norms of a token's partial derivatives. */
const NORMS: Readonly<Record<string, string>> = {
  l2: "Euclidean norm",
  l1: "sum of magnitudes",
  sum: "signed sum",
};

/** The method and its options in words, as a plot's title: `Integrated gradients, zero baseline, adaptive`. */
export function methodText(record: AttributionRecord): string {
  const { name, baseline, scheme, units, norm, layer, prefix, hops } = record.method;
  const method = methodTitle(name);
  const { objective } = record.score;
  const title = objective === COMMON_OPTIONS.objective.default ? method : `${method}, objective ${objective}`;
  const division = units === undefined || units === "tokens" || units === "pieces" ? [] : [oneLine(String(units))];
  if (scheme !== undefined) return [title, ...division, `scheme ${oneLine(String(scheme))}`].join(", ");
  return [
    title,
    ...(norm === undefined ? [] : [NORMS[String(norm)]]),
    ...(hops === undefined ? [] : [`${hops} hops`]),
    ...(baseline === undefined ? [] : [`baseline ${baselineText(record)}`]),
    ...(layer === undefined || layer === 0 ? [] : [`layer ${layer}`]),
    ...(prefix === "interpolated" ? ["target prefix interpolated"] : []),
    ...quadratureText(record),
    ...division,
  ].join(", ");
}

/** The quadrature with its points; none for methods without one. */
function quadratureText({ method: { quadrature, steps, tolerance }, cost }: AttributionRecord): string[] {
  if (quadrature === undefined) return [];
  if (quadrature !== "adaptive") return [`${quadrature} with ${steps} points`];
  const asked = typeof tolerance === "number" ? ` to ${percentText(tolerance)}` : "";
  return [`adaptive${asked} (${cost.pathPoints} points)`];
}

/** The baseline; a list of them by its length. */
function baselineText(record: AttributionRecord): string {
  const listed = listedBaselines(record);
  return listed === null ? oneLine(String(record.method.baseline)) : `samples (${listed})`;
}
