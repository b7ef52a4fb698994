import { rocAuc } from "../../src/metrics/ground_truth.ts";

/** Score of the influences of steps in one prompt: do those that count have more than the others? */
export interface StepScore {
  /** The chance that a step that counts has more than one that does not. */
  readonly auc: number;
  /** True if every step that counts has more than every other. */
  readonly apart: boolean;
  /** Number of steps that do not count and have at least as much as some step that does. */
  readonly invented: number;
}

/**
 * Scores influences of steps against what is known of them.
 *
 * @param counts [steps], true for some and false for others
 */
export function scoreSteps(influences: readonly number[], counts: readonly boolean[]): StepScore {
  const least = Math.min(...influences.filter((_, i) => counts[i]));
  const invented = influences.filter((value, i) => !counts[i] && value >= least).length;
  return { auc: rocAuc(influences, counts), apart: invented === 0, invented };
}

/** The mean of scores over prompts. */
export interface MeanScore {
  readonly prompts: number;
  /** Share of prompts in which the steps are told apart without a mistake. */
  readonly apart: number;
  readonly auc: number;
  /** Invented steps a prompt. */
  readonly invented: number;
}

/** Averages scores over prompts. */
export function meanScore(scores: readonly StepScore[]): MeanScore {
  const mean = (of: (score: StepScore) => number) => scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  return {
    prompts: scores.length,
    apart: mean(({ apart }) => Number(apart)),
    auc: mean(({ auc }) => auc),
    invented: mean(({ invented }) => invented),
  };
}
