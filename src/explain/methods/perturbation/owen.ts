import { exactOwen } from "../../../perturbation/owen.ts";
import { binaryTree, type UnitTree } from "../../../perturbation/unit_tree.ts";
import type { CommonOptions } from "../../options/common_options.ts";
import { option } from "../../options/option.ts";
import { callBudget, DRAW_OPTIONS, PERTURBATION_OPTIONS } from "../../options/sampling_options.ts";
import { oneOf } from "../../options/value_kind.ts";
import type { PreparedText } from "../../prepare_text.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";
import { treeOf } from "./unit_hierarchy.ts";

/** The tree of Owen values. */
export const hierarchy = option({
  kind: oneOf(["halves", "groups"]),
  default: "halves",
  help:
    "words in sentences (tokens in words in sentences) as groups, or as halves of these, which takes at most N² calls",
});

/** Owen values over a tree of units, exactly. */
export const owen = method({
  name: "owen",
  title: "Owen values",
  family: "perturbation",
  yields: "additive",
  cost: "N² model calls at most for halves",
  calls: (units) => units ** 2,
  purpose: "Shapley values that respect words and sentences",
  source: "Owen 1977; shap's PartitionExplainer",
  options: { ...PERTURBATION_OPTIONS, ...DRAW_OPTIONS, budget: callBudget(null), hierarchy },
  run: (subject, options) => perturb(subject, options, (scorer) => exactOwen(scorer, unitTree(subject.text, options))),
});

/** Returns the tree that a prompt's free units hang in. */
export function unitTree(
  { promptText, unitTokens, units }: PreparedText,
  { hierarchy, units: division }: Pick<CommonOptions, "units"> & { readonly hierarchy: "halves" | "groups" },
): UnitTree {
  const tree = treeOf(promptText, unitTokens, units, division.kind);
  return hierarchy === "halves" ? binaryTree(tree) : tree;
}
