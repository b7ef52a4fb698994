import type { Objective } from "./objective_definition.ts";

/** p(y_t | x, y_<t) */
export const PROB: Objective = {
  help: "probability of each target token",
  unit: "probability",
  falls: false,
  per: "token",
  composed: null,
};
