/** Objectives F by name: what is explained about a target y_1 … y_T after a prompt x. docs/methods.md has the formulas. */
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
  "margin",
] as const;

/** One of `OBJECTIVE_NAMES`. */
export type ObjectiveName = typeof OBJECTIVE_NAMES[number];

/** What an objective is measured in. */
export const OBJECTIVE_UNITS = ["nats", "probability", "logits", "perplexity"] as const;

/** One of `OBJECTIVE_UNITS`. */
export type ObjectiveUnit = typeof OBJECTIVE_UNITS[number];

/** What is known of an objective beside its formula. */
export interface Objective {
  /** What it is called in a sentence. */
  readonly title: string;
  readonly unit: ObjectiveUnit;
}

/** The objectives. */
export const OBJECTIVES: Readonly<Record<ObjectiveName, Objective>> = {
  "log-prob": { title: "log-probability", unit: "nats" },
  prob: { title: "probability", unit: "probability" },
  "sequence-prob": { title: "probability of the whole target", unit: "probability" },
  logit: { title: "logit", unit: "logits" },
  contrastive: { title: "log-probability less the alternative's", unit: "nats" },
  entropy: { title: "entropy", unit: "nats" },
  "cross-entropy": { title: "cross-entropy", unit: "nats" },
  perplexity: { title: "perplexity", unit: "perplexity" },
  kl: { title: "divergence from the unperturbed distribution", unit: "nats" },
  margin: { title: "margin of the likeliest over the second", unit: "nats" },
};
