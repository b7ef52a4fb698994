import type { Composition } from "./composition.ts";

/** Units of objectives. */
export const OBJECTIVE_UNITS = ["nats", "probability", "logits", "perplexity"] as const;

/** One of `OBJECTIVE_UNITS`. */
export type ObjectiveUnit = typeof OBJECTIVE_UNITS[number];

/** An objective as a function of log-probabilities of whole continuations. */
export interface ComposedObjective {
  /** True if the log-probabilities of the text's alternative are the second part, after the target's. */
  readonly alternative: boolean;
  /** Returns F for so many log-probabilities T_p of each part. */
  readonly compose: (lengths: readonly number[]) => Composition;
}

/** Definition of an objective. */
export interface Objective {
  /** One line for a person who chooses. */
  readonly help: string;
  /** Unit of F, and so of its attributions. */
  readonly unit: ObjectiveUnit;
  /** True for a loss or an uncertainty, which falls if the prompt supports the target. */
  readonly falls: boolean;
  /** Scores for each target token or one for the sequence; `aligned`: for each token if all parts are of one length. */
  readonly per: "token" | "sequence" | "aligned";
  /** Its function of log-probabilities; null if the model's head computes it under the objective's name. */
  readonly composed: ComposedObjective | null;
}
