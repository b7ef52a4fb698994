import type { InputData } from "../graph/executor.ts";
import type { Pretend } from "../graph/rehearsal_executor.ts";

/**
 * The work of a rehearsed model, if it depends on computed values. `least`: scores and gradients that never change
 * and a generation that ends after one token. `most`: scores that no quadrature accounts for, gradients at random
 * points that no number of samples makes sure, and a generation that never ends.
 */
export type Effort = "least" | "most";

/** Returns the function that makes the outputs of rehearsed programs. */
export function pretendOutputs(effort: () => Effort): Pretend {
  const pretendGradients = startGradients();
  return (output, values, inputs) => {
    if (effort() === "least") return;
    if (output === "score") pretendScores(values, inputs);
    if (output === "gradient" && inputs.alpha === undefined) pretendGradients(values);
  };
}

/**
 * Writes scores [B T] that rise along a path while its tangents and gradients are zero: no quadrature ever accounts
 * for the rise, wherever it looks. Without a path, no two are alike. The target's id sets how steep they are, so that
 * two targets differ.
 */
function pretendScores(values: Float64Array, { alpha, targets }: InputData): void {
  const T = values.length / (alpha?.length ?? values.length);
  values.forEach((_, i) => {
    // Sines of different integers have no rational relation, so no sum of scores is another's.
    const steepness = targets === undefined ? 1 : 1.5 + Math.sin(targets[i] + 1) / 2;
    values[i] = steepness * (alpha === undefined ? -1 / (i + 1) : alpha[Math.floor(i / T)] - 1);
  });
}

/**
 * Makes gradients at points of no path, so large and so different from each other that no standard error of theirs is
 * small.
 */
function startGradients(): (values: Float64Array) => void {
  let count = 0;
  return (values) => values.forEach((_, i) => values[i] = 1e12 * Math.sin(count++));
}
