import type { Objective } from "./objective_definition.ts";

/** log p(y_t | x, y_<t) */
export const LOG_PROB: Objective = {
  help: "log-probability of each target token",
  unit: "nats",
  falls: false,
  per: "token",
  composed: null,
};
