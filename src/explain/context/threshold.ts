import { sum } from "../../statistics/sums.ts";
import type { ValueKind } from "../options/value_kind.ts";

/** The divergence from which on a target token depends on the context. */
export type Threshold =
  /** The mean of all target tokens and so many of their standard deviations. */
  | { readonly kind: "deviations"; readonly factor: number }
  | { readonly kind: "nats"; readonly least: number }
  /** So many tokens, those of the largest divergence. */
  | { readonly kind: "top"; readonly count: number };

/** A threshold as a configuration has it. */
export type ThresholdText = number | `mean+${number}sd` | `top:${number}`;

const DEVIATIONS = /^mean\+(\d+(?:\.\d+)?)sd$/;
const TOP = /^top:([1-9]\d{0,5})$/;

/** Thresholds of context dependence. */
export const THRESHOLD: ValueKind<Threshold, ThresholdText> = {
  expectation: "mean+<number>sd, top:<number of tokens>, or nats of at least 0",
  json: {
    anyOf: [{ type: "number", minimum: 0 }, { type: "string", pattern: `${DEVIATIONS.source}|${TOP.source}` }],
  },
  placeholder: "X",
  example: "mean+1sd",
  argument: (text) => text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text,
  read(given) {
    if (typeof given === "number") return given >= 0 && given < Infinity ? { kind: "nats", least: given } : undefined;
    if (typeof given !== "string") return undefined;
    const factor = DEVIATIONS.exec(given)?.[1];
    if (factor !== undefined) return { kind: "deviations", factor: Number(factor) };
    const count = TOP.exec(given)?.[1];
    return count === undefined ? undefined : { kind: "top", count: Number(count) };
  },
  write(threshold) {
    switch (threshold.kind) {
      case "deviations":
        return `mean+${threshold.factor}sd`;
      case "nats":
        return threshold.least;
      case "top":
        return `top:${threshold.count}`;
    }
  },
};

/** Target tokens that depend on the context. */
interface Dependents {
  /** Least divergence among them that the threshold allows, nats; null for a number of tokens. */
  readonly least: number | null;
  /** Positions, ascending. */
  readonly targets: readonly number[];
}

/**
 * Selects the target tokens whose divergences reach a threshold; one of exactly 0 never does. Deviations are those of a
 * sample, √(Σ (x − mean)² / (T − 1)), of a single token 0.
 *
 * Source: Sarti, Chrupała, Nissim & Bisazza, "Quantifying the plausibility of context reliance in neural machine
 * translation" (PECoRe, 2024), for mean and deviation.
 *
 * @param divergences [T]
 */
export function dependents(divergences: readonly number[], threshold: Threshold): Dependents {
  const all = [...divergences.keys()].filter((t) => divergences[t] > 0);
  if (threshold.kind === "top") {
    const ranked = all.toSorted((a, b) => divergences[b] - divergences[a] || a - b);
    return { least: null, targets: ranked.slice(0, threshold.count).sort((a, b) => a - b) };
  }
  const least = threshold.kind === "nats" ? threshold.least : meanAndDeviations(divergences, threshold.factor);
  return { least, targets: all.filter((t) => divergences[t] >= least) };
}

function meanAndDeviations(values: readonly number[], factor: number): number {
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / Math.max(1, values.length - 1);
  return mean + factor * Math.sqrt(variance);
}
