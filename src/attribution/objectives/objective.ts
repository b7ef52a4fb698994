import { CONTRASTIVE } from "./contrastive.ts";
import { CROSS_ENTROPY } from "./cross_entropy.ts";
import { ENTROPY } from "./entropy.ts";
import { JS } from "./js.ts";
import { KL } from "./kl.ts";
import { LOG_PROB } from "./log_prob.ts";
import { LOGIT } from "./logit.ts";
import { MARGIN } from "./margin.ts";
import type { Objective } from "./objective_definition.ts";
import { PERPLEXITY } from "./perplexity.ts";
import { PROB } from "./prob.ts";
import { SEQUENCE_PROB } from "./sequence_prob.ts";

/** Objectives F by name, functions of a target y_1 … y_T after a prompt x. docs/methods.md has the formulas. */
export const OBJECTIVE_NAMES = [
  "log-prob",
  "prob",
  "sequence-prob",
  "logit",
  "contrastive",
  "entropy",
  "cross-entropy",
  "perplexity",
  "kl",
  "js",
  "margin",
] as const;

/** One of `OBJECTIVE_NAMES`. */
export type ObjectiveName = typeof OBJECTIVE_NAMES[number];

/** The objectives; to add one, write its file and name it here. */
export const OBJECTIVES: Readonly<Record<ObjectiveName, Objective>> = {
  "log-prob": LOG_PROB,
  prob: PROB,
  "sequence-prob": SEQUENCE_PROB,
  logit: LOGIT,
  contrastive: CONTRASTIVE,
  entropy: ENTROPY,
  "cross-entropy": CROSS_ENTROPY,
  perplexity: PERPLEXITY,
  kl: KL,
  js: JS,
  margin: MARGIN,
};
