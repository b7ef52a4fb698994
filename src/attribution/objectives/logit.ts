import type { Objective } from "./objective_definition.ts";

/** The logit of y_t after x and y_<t. */
export const LOGIT: Objective = {
  help: "logit of each target token",
  unit: "logits",
  falls: false,
  per: "token",
  composed: null,
};
