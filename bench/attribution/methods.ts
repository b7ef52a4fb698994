import type { AttributionRecord } from "../../src/explain/record/record.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import { distance } from "../../src/statistics/sums.ts";
import { assertNear, type Golden } from "../model/subject.ts";

/** A whole attribution, with the check that its result must pass before its time counts. */
export interface Method {
  readonly what: string;
  readonly options: AttributionOptions;
  check(record: AttributionRecord, golden: Golden): void;
}

// Captum's baseline, so that the same attributions can be timed there.
const BASELINE = "token:0";
/** Tolerance for f32 on another device, relative to the largest entry. */
const RELATIVE = 2e-3;

const FIFTY: AttributionOptions = {
  baseline: BASELINE,
  quadrature: "gauss-legendre",
  steps: 50,
  freeze: [],
};

/** The methods that are timed, by name. */
export const ATTRIBUTIONS = {
  "gauss-legendre-50": {
    what: "sequence, Gauss–Legendre 50, with each target token's error",
    options: FIFTY,
    check: sumsOfFifty,
  },
  // Captum returns the sum alone.
  "gauss-legendre-50-sum": {
    what: "sequence, Gauss–Legendre 50",
    options: { ...FIFTY, perTarget: false },
    check: sumsOfFifty,
  },
  adaptive: {
    what: "sequence, certified κ ≤ 1 %, first token frozen",
    options: { baseline: BASELINE, tolerance: 0.01, freeze: ["first"] },
    check: certified,
  },
  "token-matrix": {
    what: "token matrix, Gauss–Legendre 50",
    options: { ...FIFTY, tokens: true },
    check({ tokenAttribution }, golden) {
      const expected = golden.integratedGradients.path.gaussLegendre50.flat();
      assertNear(tokenAttribution!.flat(), expected, RELATIVE * largest(expected), "token matrix");
    },
  },
  secant: {
    what: "sequence, secant: two forward passes and a reverse one",
    options: { method: "secant", baseline: BASELINE, freeze: [] },
    check({ completeness: { sequence: { relative } } }) {
      assertNear([relative!], [0], 1e-4, "completeness error");
    },
  },
  "feature-ablation": {
    what: "feature ablation, each token by token 0",
    options: { method: "feature-ablation", scheme: BASELINE, freeze: [] },
    check({ tokenAttribution }, golden) {
      assertNear(tokenAttribution!.flat(), golden.ablation[BASELINE].flat(), 5e-4, "ablation");
    },
  },
} as const satisfies Record<string, Method>;

/** Finds one of `ATTRIBUTIONS`. */
export type AttributionName = keyof typeof ATTRIBUTIONS;

function sumsOfFifty({ sequenceAttribution }: AttributionRecord, { integratedGradients }: Golden): void {
  const rows = integratedGradients.path.gaussLegendre50;
  const expected = sequenceAttribution.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));
  assertNear(sequenceAttribution, expected, RELATIVE * largest(expected), "sequence");
}

function largest(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
}

/** Checks that the tolerance is met and that the distance to the converged attribution is within both certificates. */
function certified({ completeness, score, sequenceAttribution }: AttributionRecord, { converged }: Golden): void {
  if (!completeness.sequence.met) throw new RangeError("Cannot time the attribution as it must meet its tolerance");
  const [at1, at0] = [score.input, score.baseline!].map((values) => Float64Array.from(values));
  const error = distance(Float64Array.from(sequenceAttribution), Float64Array.from(converged.sequence));
  const allowed = completeness.sequence.certificate! + converged.certificate;
  assertNear([error / distance(at1, at0)], [0], allowed, "relative error");
}
