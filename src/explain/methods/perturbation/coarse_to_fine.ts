import { coarseToFine as divideBlocks } from "../../../perturbation/coarse_to_fine.ts";
import { documentTree } from "../../context/context_parts.ts";
import { PLAIN_SCHEME, type PlainScheme, type PlainSchemeText } from "../../options/scheme.ts";
import { option } from "../../options/option.ts";
import { callBudget, PERTURBATION_OPTIONS, seed } from "../../options/sampling_options.ts";
import { SHARE, wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Documents, paragraphs, sentences and tokens from the top, where the score depends on them. */
export const coarseToFine = method({
  name: "coarse-to-fine",
  title: "Coarse to fine",
  family: "perturbation",
  yields: "additive",
  cost: "2 + 2 model calls a division, 2 (B − 1) for each further pair of orders of B blocks, 200 in all",
  purpose: "long contexts: documents, then the paragraphs, sentences and tokens of those that matter",
  source: "Owen 1977; the search of shap's PartitionExplainer",
  options: {
    scheme: option<PlainScheme, PlainSchemeText>({
      kind: PLAIN_SCHEME,
      default: { kind: "delete" },
      help: PERTURBATION_OPTIONS.scheme.help,
    }),
    tokens: PERTURBATION_OPTIONS.tokens,
    seed: option({ ...seed, help: "seed of the orders" }),
    budget: callBudget(200),
    orders: option({
      kind: wholeNumber(1, 1000),
      default: 4,
      help: "most pairs of orders, each with its reverse; from 8 on there are standard errors",
    }),
    least: option({
      kind: SHARE,
      default: 0.01,
      help: "blocks with less than this share of the whole change are not divided",
    }),
  },
  run(subject, options) {
    const { text, objective } = subject;
    // One score for the target is of all its tokens.
    const watched = objective.per === "token" ? text.watched ?? undefined : undefined;
    const tree = documentTree(text);
    const run = { ...options, draws: null, standardError: null, of: "sequence" as const };
    return perturb(
      subject,
      run,
      (scorer, { seed, orders, least }) => divideBlocks(scorer, tree, { seed, pairs: orders, least, watched }),
    );
  },
});
