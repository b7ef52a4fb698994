import { type GivenObjective, objectiveText } from "../../own/own_objective.ts";
import { LINK_NAMES, type LinkName } from "../../../perturbation/link.ts";
import { sparseSurrogate } from "../../../perturbation/sparse_surrogate.ts";
import { MOST_CALLS } from "../../options/bounds.ts";
import { option } from "../../options/option.ts";
import { callBudget, PERTURBATION_OPTIONS, samples, SEEDED_DRAW_OPTIONS } from "../../options/sampling_options.ts";
import { NOT_NEGATIVE, oneOf, wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";
import { surrogateAdvice } from "./surrogate_advice.ts";

/** A sparse linear surrogate. */
export const contextCite = method({
  name: "context-cite",
  title: "ContextCite",
  family: "perturbation",
  yields: "surrogate",
  cost: "64 + 32 + 2 model calls",
  purpose: "many units of which few matter, such as sentences of a long context",
  source: "Cohen-Wang et al. 2024; context-cite 0.0.4",
  options: {
    ...PERTURBATION_OPTIONS,
    ...SEEDED_DRAW_OPTIONS,
    budget: callBudget(null),
    samples: samples(64, "coalitions to fit"),
    penalty: option({ kind: NOT_NEGATIVE, default: 0.01, help: "α of the LASSO, per target token" }),
    heldOut: option({ kind: wholeNumber(0, MOST_CALLS), default: 32, help: "coalitions to test the fit on" }),
    link: option({
      kind: oneOf(LINK_NAMES),
      default: ({ objective }: { objective: GivenObjective }) => objective === "log-prob" ? "logit" : "identity",
      usual: "logit; identity for objectives other than log-prob",
      help: "the scale on which it is linear: the scores, or the logits of probabilities",
      limit: {
        on: "objective",
        expects: (link: LinkName, objective: GivenObjective) =>
          link === "logit" && objective !== "log-prob" ? `identity with objective ${objectiveText(objective)}` : null,
      },
    }),
  },
  advise: surrogateAdvice,
  run: (subject, options) => perturb(subject, options, (scorer, own) => sparseSurrogate(scorer, own)),
});
