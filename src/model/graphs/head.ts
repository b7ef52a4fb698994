import type { InputData } from "../../graph/executor.ts";
import type { Trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { PairedMeasure } from "../../ops/rules/paired_measure.ts";
import { FINAL_NORM, HEAD } from "../load/weight_names.ts";
import type { BlockOptions, DecoderSpec } from "./decoder.ts";

/**
 * A score of the distribution p that each target row gives; every score depends on one row alone.
 * - `log-prob`, `prob`, `logit`: of the target
 * - `entropy`: −Σ p log p
 * - `margin`: log p(a) − log p(b) for the pairs [T] of ids
 * - `kl`: Σ p⁰ log(p⁰ / p) from p⁰ = softmax(reference), logits [T, V]
 * - `js`: Σ p log(p / m) / 2 + p⁰ log(p⁰ / m) / 2 from the same, m = (p + p⁰) / 2
 */
export type HeadObjective =
  | { readonly kind: "log-prob" | "prob" | "logit" | "entropy" }
  | { readonly kind: "margin"; readonly pairs: readonly (readonly [a: number, b: number])[] }
  | { readonly kind: "kl" | "js"; readonly reference: Float32Array<ArrayBuffer> };

/** The objective by default. */
export const LOG_PROB: HeadObjective = { kind: "log-prob" };

/** The rows that the head scores. */
interface HeadShape {
  /** B */
  readonly sequences: number;
  /** T */
  readonly targets: number;
}

/**
 * `differentiated` scores can be differentiated by the rows, at the cost of a gradient that is kept; `scored` ones
 * cannot; `paired` ones, of starts and then their ends, have multipliers of finite differences in its place.
 */
type HeadUse = "scored" | "differentiated" | "paired";

/**
 * Adds the scores [B T] of the rows h. Inputs as `headInputs` returns them: `targets` [B T], `pairs` [B T, 2] or
 * `reference` [T, V].
 */
export function headScores(
  g: Trace,
  { config }: DecoderSpec,
  h: Value,
  { sequences, targets: T }: HeadShape,
  kind: HeadObjective["kind"],
  use: HeadUse,
  weigh: NonNullable<BlockOptions["weigh"]> = (_weight, make) => make(""),
): Value {
  const { vocabularySize: vocabulary, logitSoftCap: softCap } = config;
  const plain = { weight: HEAD, vocabulary, ...(softCap === null ? {} : { softCap }) };
  const u32 = (...shape: number[]) => ({ shape, dtype: "u32" } as const);
  const targets = () => g.input("targets", u32(sequences * T));
  const pairs = () => g.input("pairs", u32(sequences * T, 2));
  const reference = () => g.input("reference", { shape: [T, vocabulary], dtype: "f32" });
  const normed = weigh(
    FINAL_NORM,
    (prefix) => g.emit("rmsNorm", { weight: `${prefix}${FINAL_NORM}`, epsilon: config.rmsNormEpsilon }, [h])[0],
  );
  if (use === "paired") {
    const paired = (measure: PairedMeasure, ...given: Value[]) =>
      g.emit("pairedScore", { ...plain, measure }, [normed, ...given])[0];
    switch (kind) {
      case "log-prob":
        return paired("log-prob", targets());
      case "prob":
        return paired("probability", targets());
      case "logit":
        return g.emit("pairedLogit", { ...plain, pair: false }, [normed, targets()])[0];
      case "margin":
        return g.emit("pairedLogit", { ...plain, pair: true }, [normed, pairs()])[0];
      case "entropy":
        return paired("entropy");
      case "kl":
        return paired("divergence", reference());
      case "js":
        return paired("jensen-shannon", reference());
    }
  }
  const head = { ...plain, gradient: use === "differentiated" };
  switch (kind) {
    case "log-prob":
      return g.emit("targetLogProb", head, [normed, targets()])[0];
    case "prob":
      return g.emit("targetLogProb", { ...head, probability: true }, [normed, targets()])[0];
    case "logit":
      return g.emit("tokenLogit", { ...head, pair: false }, [normed, targets()])[0];
    case "margin":
      return g.emit("tokenLogit", { ...head, pair: true }, [normed, pairs()])[0];
    case "entropy":
      return g.emit("distributionScore", { ...head, measure: "entropy" }, [normed])[0];
    case "kl":
      return g.emit("distributionScore", { ...head, measure: "divergence" }, [normed, reference()])[0];
    case "js":
      return g.emit("distributionScore", { ...head, measure: "jensen-shannon" }, [normed, reference()])[0];
  }
}

/** Returns the inputs of `headScores` for sequences of one target, [T] ids. */
export function headInputs(objective: HeadObjective, targets: readonly number[], sequences: number): InputData {
  const repeated = (ids: readonly number[]) =>
    Uint32Array.from({ length: sequences * ids.length }, (_, i) => ids[i % ids.length]);
  switch (objective.kind) {
    case "log-prob":
    case "prob":
    case "logit":
      return { targets: repeated(targets) };
    case "margin":
      return { pairs: repeated(objective.pairs.flat()) };
    case "entropy":
      return {};
    case "kl":
    case "js":
      return { reference: objective.reference };
  }
}
