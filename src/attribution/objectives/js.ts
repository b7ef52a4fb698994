import type { Objective } from "./objective_definition.ts";

/** Σ_v p(v) log(p(v) / m(v)) / 2 + p⁰(v) log(p⁰(v) / m(v)) / 2, m = (p + p⁰) / 2, p⁰ after the unperturbed prompt. */
export const JS: Objective = {
  help: "Jensen–Shannon divergence from the distribution after the unperturbed prompt, at most log 2",
  unit: "nats",
  falls: true,
  per: "token",
  composed: null,
};
