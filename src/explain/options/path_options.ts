import type { OwnBaseline } from "../own/own_baseline.ts";
import { QUADRATURE_RULES, type QuadratureName } from "../../attribution/quadrature.ts";
import { BASELINE, type Baseline, type BaselineText, SINGLE_BASELINE } from "./baseline.ts";
import type { SingleBaseline, SingleBaselineText } from "./baseline.ts";
import { MOST_CALLS, MOST_LAYERS, MOST_STEPS } from "./bounds.ts";
import { type Condition, type Option, option, optional } from "./option.ts";
import { ABOVE_0, oneOf, TRUE_OR_FALSE, wholeNumber } from "./value_kind.ts";

const QUADRATURE_NAMES = Object.keys(QUADRATURE_RULES) as [QuadratureName, ...QuadratureName[]];
/** Points of the first grid of the adaptive rule. */
const FIRST_GRID = 10;

const FIXED: Condition = {
  on: "quadrature",
  fits: (name: QuadratureName) => !QUADRATURE_RULES[name].certified,
  words: "a quadrature with fixed steps",
};
const ADAPTIVE: Condition = {
  on: "quadrature",
  fits: (name: QuadratureName) => !FIXED.fits(name),
  words: "quadrature adaptive",
};

/** Bounds of single rules, in words. */
const LIMITS = Object.entries(QUADRATURE_RULES).flatMap(([name, { leastSteps, mostSteps }]) => [
  ...((leastSteps ?? 1) > 1 ? [`at least ${leastSteps} with ${name}`] : []),
  ...(mostSteps === undefined ? [] : [`at most ${mostSteps} with ${name}`]),
]).join(", ");

// No token is meant by it, and its path is well-conditioned where that from zero is not (models without biases).
const MEAN = { kind: "mean" as const };

/** Start of the path, or several that the attribution is averaged over. */
export const baseline: Option<Baseline, BaselineText | OwnBaseline> = option<Baseline, BaselineText | OwnBaseline>({
  kind: BASELINE,
  default: MEAN,
  help: "where the path starts; the attribution is averaged over several",
});

/** Start of a path where there must be one. */
export const singleBaseline = option<SingleBaseline, SingleBaselineText | OwnBaseline>({
  kind: SINGLE_BASELINE,
  default: MEAN,
  help: "where the path starts",
});

/** Words on the way of a path of words; path points of a fixed rule. */
export const steps = option({ kind: wholeNumber(1, MOST_STEPS), default: 50, help: "words on the way of each token" });

/** Options of the rule along a path. */
export const QUADRATURE_OPTIONS = {
  quadrature: option({
    kind: oneOf<QuadratureName>(QUADRATURE_NAMES),
    default: "adaptive",
    help: "the rule along the path; adaptive is certified (docs/quadrature.md)",
  }),
  steps: option({
    ...steps,
    help: "path points of a fixed rule",
    when: FIXED,
    limit: {
      on: "quadrature",
      words: LIMITS,
      expects(value: number, name: QuadratureName) {
        const { leastSteps, mostSteps } = QUADRATURE_RULES[name];
        if (mostSteps !== undefined && value > mostSteps) return `at most ${mostSteps} with quadrature ${name}`;
        const least = leastSteps ?? 1;
        return value < least ? `at least ${least} with quadrature ${name}` : null;
      },
    },
  }),
  tolerance: option({
    kind: ABOVE_0,
    default: 0.01,
    help: "the certificate κ that adaptive reaches for",
    when: ADAPTIVE,
  }),
  perTarget: option({
    kind: TRUE_OR_FALSE,
    default: true,
    help: "forward mode at each point of a fixed rule: each target token's own error and the arithmetic floor",
    when: FIXED,
  }),
};

const BUDGET = {
  kind: wholeNumber(FIRST_GRID, MOST_CALLS),
  help: "most path points of adaptive",
  when: ADAPTIVE,
};

/** Most points of the adaptive rule along one path. */
export const pathBudget = option({ ...BUDGET, default: 1000 });

/** Most points of the adaptive rule along the paths of all units, which share them. */
export function budgetOfUnits(usual: number) {
  return optional({ ...BUDGET, usual: `${usual} a unit` });
}

/** The matrix beside the sequence attribution. */
export const tokens: Option<boolean> = option({
  kind: TRUE_OR_FALSE,
  default: false,
  settle: (value: boolean, { targetUnits, through }) =>
    value || targetUnits.kind !== "tokens" || (through !== undefined && through.kind !== "none"),
  help: "the matrix of target by prompt tokens too",
});

/** Conductance of each part of the network, beside what comes from each token. */
export const inside: Option<"heads" | "layers" | null> = optional({
  kind: oneOf(["heads", "layers"]),
  usual: "none",
  help: "conductance: what passes through each layer's heads (or attention), MLP and residual stream, by position",
  recorded: "given",
  limit: {
    on: "tokens",
    words: "not with tokens",
    expects: (_value: unknown, tokens: boolean) => tokens ? "no tokens, as it is of the whole target" : null,
  },
});

/** The block whose input is attributed. */
export const layer: Option<number> = option({
  kind: wholeNumber(0, MOST_LAYERS),
  default: 0,
  help: "the block whose input is attributed; 0 the embeddings",
});

/** Size of a token's gradient. */
export const norm = option({
  kind: oneOf(["l2", "l1", "sum"]),
  default: "l2",
  help: "how a token's partial derivatives become one number: Euclidean norm, sum of magnitudes, signed sum",
});

/** Noise around the prompt. */
export const noise = option({
  kind: ABOVE_0,
  default: 0.1,
  help: "σ of the noise, relative to the root mean square of what is attributed",
});
