import type { ConfigKeys, Fail } from "./config_reader.ts";
import type { RopeScaling, RopeTable } from "./rope_scaling.ts";

/** The kinds that a configuration may name. */
const ROPE_KINDS = ["default", "linear", "dynamic", "yarn", "llama3", "divisors"] as const satisfies readonly (
  RopeScaling["kind"]
)[];

/**
 * Reads one object of RoPE parameters, by the keys of transformers 4 or 5.
 *
 * @param theta base if the object has none
 * @param maxPositions `max_position_embeddings`
 * @param at key of the object, for messages
 */
export function readRopeTable(
  parameters: ConfigKeys,
  theta: unknown,
  maxPositions: number,
  at: string,
  fail: Fail,
): RopeTable {
  const number = (key: string, fallback?: number): number => {
    const value = parameters[key] ?? fallback;
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
      fail(`${at}.${key}`, "a positive number", value);
    }
    return value as number;
  };
  const kind = parameters.rope_type ?? parameters.type ?? "default";
  const base = parameters.rope_theta ?? theta;
  if (typeof base !== "number" || !(base > 0) || !Number.isFinite(base)) fail("rope_theta", "a positive number", base);
  const rotated = parameters.partial_rotary_factor ?? 1;
  if (rotated !== 1) fail(`${at}.partial_rotary_factor`, "1", rotated);
  const scaling = (): RopeScaling => {
    switch (kind) {
      case "default":
        return { kind: "default" };
      case "linear":
        return { kind: "linear", factor: number("factor") };
      case "dynamic":
        return { kind: "dynamic", factor: number("factor"), original: maxPositions };
      case "yarn":
        return readYarn(parameters, number, maxPositions);
      case "llama3":
        return readLlama3(number, maxPositions, at, fail);
      case "divisors":
        return { kind: "divisors", divisors: readDivisors(parameters.divisors, at, fail) };
      default:
        return fail(`${at}.rope_type`, `one of ${ROPE_KINDS.slice(0, -1).join(", ")}`, kind);
    }
  };
  return { theta: base as number, scaling: scaling() };
}

function readLlama3(
  number: (key: string, fallback?: number) => number,
  maxPositions: number,
  at: string,
  fail: Fail,
): RopeScaling {
  const [low, high] = [number("low_freq_factor"), number("high_freq_factor")];
  if (low >= high) fail(`${at}.high_freq_factor`, `above low_freq_factor (${low})`, high);
  return {
    kind: "llama3",
    factor: number("factor"),
    lowFrequencyFactor: low,
    highFrequencyFactor: high,
    original: number("original_max_position_embeddings", maxPositions),
  };
}

function readYarn(
  parameters: ConfigKeys,
  number: (key: string, fallback?: number) => number,
  maxPositions: number,
): RopeScaling {
  const original = number("original_max_position_embeddings", maxPositions);
  const factor = number("factor", maxPositions / original);
  const magnitude = (weight: number) => factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  // As transformers: one of the two keys alone has no effect.
  const { mscale, mscale_all_dim } = parameters;
  const inferred = mscale && mscale_all_dim
    ? magnitude(number("mscale")) / magnitude(number("mscale_all_dim"))
    : magnitude(1);
  return {
    kind: "yarn",
    factor,
    original,
    attentionFactor: number("attention_factor", inferred),
    betaFast: number("beta_fast", 32),
    betaSlow: number("beta_slow", 1),
    truncate: parameters.truncate !== false,
  };
}

function readDivisors(divisors: unknown, at: string, fail: Fail): number[] {
  const fits = Array.isArray(divisors) && divisors.every((value) => Number.isFinite(value) && value > 0);
  return fits ? divisors : fail(`${at}.divisors`, "positive numbers", divisors);
}
