import type { TopLevelSpec } from "npm:vega-lite@6";
import { CATEGORIES, INK, THEME } from "./theme.ts";

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

/** Rules in the order of their colours; `adaptive` is drawn in ink, as points. */
const RULES = [
  "gauss-legendre",
  "riemann-middle",
  "trapezoid",
  "captum-trapezoid",
  "riemann-left",
  "riemann-right",
];

/** A logarithmic axis has no zero: smaller errors are drawn here. */
const SMALLEST = 1e-8;

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
  const rules = [...RULES.filter((rule) => points.some((point) => point.quadrature === rule))];
  const domain = points.some((point) => point.quadrature === "adaptive") ? [...rules, "adaptive"] : rules;
  const range = domain.map((rule) => rule === "adaptive" ? INK : CATEGORIES[RULES.indexOf(rule)]);
  const inOrder = (field: "prompt" | "path") => [...new Set(points.map((point) => point[field]))];
  const ticks = [...new Set(points.filter((p) => p.quadrature !== "adaptive").map((p) => p.points))].sort((a, b) =>
    a - b
  );
  const shared = {
    x: {
      field: "points",
      type: "quantitative",
      title: "path points",
      scale: { type: "log", nice: false, padding: 14 },
      axis: { values: ticks.length > 0 && ticks.length <= 8 ? ticks : undefined, format: "d", grid: true },
    },
    color: { field: "quadrature", type: "nominal", title: "quadrature", scale: { domain, range } },
  };
  const y = {
    field: "error",
    type: "quantitative",
    title: words.axis,
    scale: { type: "log", padding: 10 },
    axis: { labelExpr: "format(100 * datum.value, '~r') + ' %'", tickCount: 5 },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: THEME,
    title: { text: title, subtitle: subtitle(domain, points, words.meaning) },
    data: { values },
    facet: {
      ...(new Set(points.map((p) => p.prompt)).size > 1
        ? { row: { field: "prompt", type: "nominal", title: null, sort: inOrder("prompt") } }
        : {}),
      column: { field: "path", type: "nominal", title: null, sort: inOrder("path") },
    },
    spec: {
      width: 220,
      height: 170,
      layer: [
        {
          transform: [{ filter: "datum.quadrature != 'adaptive'" }],
          mark: { type: "line", strokeWidth: 1.6 },
          encoding: { ...shared, y },
        },
        {
          transform: [{ filter: "datum.quadrature != 'adaptive'" }],
          mark: { type: "point", filled: true, size: 26, opacity: 1 },
          encoding: { ...shared, y },
        },
        {
          transform: [{ filter: "datum.bound != null" }],
          mark: { type: "rule", strokeDash: [2, 2] },
          encoding: { ...shared, y, y2: { field: "bound" } },
        },
        {
          transform: [{ filter: "datum.bound != null" }],
          mark: { type: "tick", thickness: 1.5, width: 10, orient: "horizontal" },
          encoding: { ...shared, y: { ...y, field: "bound" } },
        },
        {
          transform: [{ filter: "datum.quadrature == 'adaptive'" }],
          mark: { type: "point", filled: true, shape: "diamond", size: 70, opacity: 1 },
          encoding: { ...shared, y },
        },
      ],
    },
  } as unknown as TopLevelSpec;
}

function subtitle(domain: readonly string[], points: readonly CompletenessPoint[], meaning: string): string[] {
  const lines = [meaning];
  if (domain.includes("adaptive")) lines.push("diamond: adaptive, dashed up to its certificate κ");
  if (points.some((point) => point.relative < SMALLEST)) lines.push("errors below 1e−6 % are drawn at 1e−6 %");
  return lines;
}
