import type { AttributionRecord } from "../../explain/record/record.ts";
import { isGradientNorm } from "../view/is_gradient_norm.ts";
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
  const { name, baseline, scheme, units, norm, layer, prefix } = record.method;
  const method = methodTitle(name);
  const { objective } = record.score;
  const title = objective === "log-prob" ? method : `${method}, objective ${objective}`;
  const division = units === undefined || units === "tokens" || units === "pieces" ? [] : [oneLine(String(units))];
  if (scheme !== undefined) return [title, ...division, `scheme ${oneLine(String(scheme))}`].join(", ");
  return [
    title,
    ...(isGradientNorm(record) ? [NORMS[String(norm)]] : []),
    ...(baseline === undefined ? [] : [`baseline ${baselineText(String(baseline))}`]),
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

/** A baseline in a title: a list by how many it has. */
function baselineText(baseline: string): string {
  return baseline.startsWith("samples:")
    ? `samples (${JSON.parse(baseline.slice("samples:".length)).length})`
    : oneLine(baseline);
}
