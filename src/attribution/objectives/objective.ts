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
  /** Of F, and so of its attributions. */
  readonly unit: ObjectiveUnit;
  /** Whether it is a loss or an uncertainty, which falls where the prompt supports the target. */
  readonly falls: boolean;
}

/** The objectives. */
export const OBJECTIVES: Readonly<Record<ObjectiveName, Objective>> = {
  "log-prob": { unit: "nats", falls: false },
  prob: { unit: "probability", falls: false },
  "sequence-prob": { unit: "probability", falls: false },
  logit: { unit: "logits", falls: false },
  contrastive: { unit: "nats", falls: false },
  entropy: { unit: "nats", falls: true },
  "cross-entropy": { unit: "nats", falls: true },
  perplexity: { unit: "perplexity", falls: true },
  kl: { unit: "nats", falls: true },
  margin: { unit: "nats", falls: false },
};
