import type { TopLevelSpec } from "npm:vega-lite@6";
import { FIXED_QUADRATURES } from "../../attribution/quadrature.ts";
import { CATEGORIES, INK, PLOT_BASE } from "./theme.ts";

/** One attribution's completeness error, as the plot shows it. */
export interface CompletenessPoint {
  /** Row of the plot. */
  readonly prompt: string;
  /** Column of the plot: the baseline and all else that distinguishes the path. */
  readonly path: string;
  readonly quadrature: string;
  readonly points: number;
  /** |Σ_t δ_t| relative to the gap */
  readonly relative: number;
  /** κ, of the adaptive quadrature alone */
  readonly certificate: number | null;
}

/** Quadratures of a fixed number of points in the order of their colours; `adaptive` is drawn in ink, as points. */
const RULES = [
  ...new Set(["gauss-legendre", "riemann-middle", "trapezoid", "captum-trapezoid", ...Object.keys(FIXED_QUADRATURES)]),
];

/** A logarithmic axis has no zero: smaller errors are drawn here. */
const SMALLEST = 1e-8;

/** More ticks than this are left to Vega. */
const MOST_TICKS = 8;

/** Names of the error that the plot shows. */
interface ErrorWords {
  /** Title of the axis. */
  readonly axis: string;
  /** Its definition, beneath the title. */
  readonly meaning: string;
}

const COMPLETENESS: ErrorWords = {
  axis: "completeness error",
  meaning: "|Σ attributions − change of the score| relative to the change of the score, sequence attribution",
};

/**
 * Completeness error, or another relative error that `words` name, against path points, both logarithmic: a line for
 * each quadrature, a facet for each prompt and path. `adaptive` is a diamond at the points that it took, with a rule up
 * to its certificate.
 */
export function completenessPlot(
  points: readonly CompletenessPoint[],
  title: string,
  words: ErrorWords = COMPLETENESS,
): TopLevelSpec {
  const values = points.map((point) => ({
    ...point,
    error: Math.max(point.relative, SMALLEST),
    bound: point.certificate === null ? null : Math.max(point.certificate, SMALLEST),
  }));
  const rules = RULES.filter((rule) => points.some((point) => point.quadrature === rule));
  const domain = points.some((point) => point.quadrature === "adaptive") ? [...rules, "adaptive"] : rules;
  const inOrder = (field: "prompt" | "path") => [...new Set(points.map((point) => point[field]))];
  return {
    ...PLOT_BASE,
    title: { text: title, subtitle: subtitle(domain, points, words.meaning) },
    data: { values },
    facet: {
      ...(inOrder("prompt").length > 1
        ? { row: { field: "prompt", type: "nominal", title: null, sort: inOrder("prompt") } }
        : {}),
      column: { field: "path", type: "nominal", title: null, sort: inOrder("path") },
    },
    spec: { width: 220, height: 170, layer: layers(points, domain, words.axis) },
  } as unknown as TopLevelSpec;
}

/** Lines with points of the fixed rules; of `adaptive` a diamond, and its certificate as a tick with a rule to it. */
function layers(points: readonly CompletenessPoint[], domain: readonly string[], axis: string): unknown[] {
  const fixed = points.filter((point) => point.quadrature !== "adaptive");
  const ticks = [...new Set(fixed.map((point) => point.points))].sort((a, b) => a - b);
  const range = domain.map((rule) => rule === "adaptive" ? INK : CATEGORIES[RULES.indexOf(rule) % CATEGORIES.length]);
  const shared = {
    x: {
      field: "points",
      type: "quantitative",
      title: "path points",
      scale: { type: "log", nice: false, padding: 14 },
      axis: { values: ticks.length > 0 && ticks.length <= MOST_TICKS ? ticks : undefined, format: "d", grid: true },
    },
    color: { field: "quadrature", type: "nominal", title: "quadrature", scale: { domain, range } },
  };
  const y = {
    field: "error",
    type: "quantitative",
    title: axis,
    scale: { type: "log", padding: 10 },
    axis: { labelExpr: "format(100 * datum.value, '~r') + ' %'", tickCount: 5 },
  };
  const layer = (filter: string, mark: Record<string, unknown>, encoding: Record<string, unknown>) => ({
    transform: [{ filter }],
    mark,
    encoding: { ...shared, ...encoding },
  });
  const [isFixed, isAdaptive, isBound] = [
    "datum.quadrature != 'adaptive'",
    "datum.quadrature == 'adaptive'",
    "datum.bound != null",
  ];
  return [
    layer(isFixed, { type: "line", strokeWidth: 1.6 }, { y }),
    layer(isFixed, { type: "point", filled: true, size: 26, opacity: 1 }, { y }),
    layer(isBound, { type: "rule", strokeDash: [2, 2] }, { y, y2: { field: "bound" } }),
    layer(isBound, { type: "tick", thickness: 1.5, width: 10, orient: "horizontal" }, { y: { ...y, field: "bound" } }),
    layer(isAdaptive, { type: "point", filled: true, shape: "diamond", size: 70, opacity: 1 }, { y }),
  ];
}

function subtitle(domain: readonly string[], points: readonly CompletenessPoint[], meaning: string): string[] {
  const lines = [meaning];
  if (domain.includes("adaptive")) lines.push("diamond: adaptive, dashed up to its certificate κ");
  if (points.some((point) => point.relative < SMALLEST)) lines.push("errors below 1e−6 % are drawn at 1e−6 %");
  return lines;
}
