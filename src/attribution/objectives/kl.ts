import type { Objective } from "./objective_definition.ts";

/** Σ_v p⁰(v) log(p⁰(v) / p(v)), where p⁰ is the distribution after the unperturbed prompt. */
export const KL: Objective = {
  help: "divergence from the distribution after the unperturbed prompt",
  unit: "nats",
  falls: true,
  per: "token",
  composed: null,
};
