import type { Objective } from "./objective_definition.ts";

/** −Σ_v p(v) log p(v) of the distribution that y_t is drawn from. */
export const ENTROPY: Objective = {
  help: "entropy of the distribution that each target token is drawn from",
  unit: "nats",
  falls: true,
  per: "token",
  composed: null,
};
