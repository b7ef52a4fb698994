import { MOST_CALLS } from "./bounds.ts";
import { type Condition, option, optional } from "./option.ts";
import { SCHEME, type Scheme, type SchemeText } from "./scheme.ts";
import { ABOVE_0, alwaysTrue, oneOf, SEED, wholeNumber } from "./value_kind.ts";

const USUAL_DRAWS = 8;
/** Draws where a standard error is asked for. */
const MOST_DRAWS = 64;

const isResample = ({ kind }: Scheme) => kind === "resample";
const RESAMPLE: Condition = { on: "scheme", fits: isResample, words: "scheme resample" };

/** Seed of a method's random numbers. */
export const seed = option({ kind: SEED, default: 0, help: "seed of the random numbers" });

/** When a sampled method stops. */
export const standardError = optional({
  kind: ABOVE_0,
  usual: "none",
  help: "stop when the largest standard error is at most this, in the objective's unit",
});

/** Which attributions the standard error is asked of. */
const errorsOf = option({
  kind: oneOf(["sequence", "targets"]),
  default: "sequence",
  help: "what the standard error is asked of: the sequence's attributions, or those of every target token",
});

/** Samples of a method, by its default. */
export function samples(usual: number, help: string) {
  return option({ kind: wholeNumber(2, MOST_CALLS), default: usual, help });
}

/** Most path points of gradients that are averaged over draws. */
export function gradientBudget(usual: number) {
  return option({ kind: wholeNumber(2, MOST_CALLS), default: usual, help: "most path points" });
}

/** Most model calls; `usual` is shared by the draws of the scheme resample, so each has as many. */
export function callBudget(usual: number | null) {
  return optional({
    kind: wholeNumber(2, MOST_CALLS),
    default: ({ scheme, draws }: { scheme: Scheme; draws: number | null }) =>
      usual === null ? null : isResample(scheme) ? usual * draws! : usual,
    usual: usual === null ? "as many as it takes" : `${usual}, a draw of the scheme resample`,
    help: "most model calls",
  });
}

/** Options of every perturbation method. */
export const PERTURBATION_OPTIONS = {
  scheme: option<Scheme, SchemeText>({
    kind: SCHEME,
    default: { kind: "delete" },
    help: "what takes a unit's place",
  }),
  tokens: option({
    kind: alwaysTrue("a perturbation method always gives the matrix"),
    default: true,
    help: "the matrix of target by prompt tokens, which is always there",
    recorded: false,
  }),
  draws: optional({
    kind: wholeNumber(2, MOST_CALLS),
    default: ({ scheme, standardError }: { scheme: Scheme; standardError: number | null }) =>
      !isResample(scheme) ? null : standardError === null ? USUAL_DRAWS : MOST_DRAWS,
    usual: `${USUAL_DRAWS}, or ${MOST_DRAWS} with a standard error`,
    help: "most draws of other tokens in the units' place, which share the budget",
    when: RESAMPLE,
  }),
};

/** Options that draws give to methods that sample nothing themselves. */
export const DRAW_OPTIONS = {
  seed: option({ ...seed, help: "seed of the draws", when: RESAMPLE }),
  standardError: optional({ ...standardError, when: RESAMPLE }),
  of: option({ ...errorsOf, when: RESAMPLE }),
};

/** Options that draws give to methods that sample without a standard error to stop at. */
export const SEEDED_DRAW_OPTIONS = { ...DRAW_OPTIONS, seed };

/** Options of methods that sample until a standard error is met. */
export const SAMPLED_OPTIONS = { seed, standardError, of: errorsOf };

/** Bound on the orders of sampled values. */
export const pairs = optional({
  kind: wholeNumber(8, MOST_CALLS),
  usual: "as many as the budget allows",
  help: "most pairs of orders",
});
