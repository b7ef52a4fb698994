import { leavesNothing, type PromptVariant, type Replacement, variantOf } from "./prompt_variant.ts";
import type { Game } from "./scorer.ts";

/** A prompt whose units are groups of token positions, with a function that scores it. */
export interface PromptProblem {
  /** Embeddings of the prompt, [L, D] */
  readonly prompt: Float32Array;
  /** D */
  readonly hiddenSize: number;
  /** Token positions of each unit; no position lies in two, and a position in none is always kept. */
  readonly groups: readonly (readonly number[])[];
  /** T */
  readonly targets: number;
  /** Returns scores [T] of variants of `original`, in order; their lengths may differ. */
  score(prompts: readonly PromptVariant[], original: Float32Array): Promise<Float64Array[]>;
}

/**
 * Makes a game of a prompt: taking a unit away takes all its tokens away at once.
 *
 * @throws {RangeError} if there is no unit, a unit is empty, or a position lies outside the prompt or in two units
 * @throws {TypeError} if replacing rows are not [D] or [L, D], as their kind has them
 */
export function promptGame(problem: PromptProblem, replacement: Replacement): Game {
  const { prompt, hiddenSize: D, groups, targets } = problem;
  const unitAt = unitOfPosition(groups, prompt.length / D);
  assertRows(replacement, D, prompt.length);
  const everythingGoes = leavesNothing(replacement) && unitAt.every((unit) => unit >= 0);
  return {
    units: groups.length,
    targets,
    scoresNothing: !everythingGoes,
    async score(coalitions) {
      const variants = coalitions.map((kept) => {
        return variantOf(prompt, D, replacement, (position) => unitAt[position] >= 0 && kept[unitAt[position]] === 0);
      });
      if (variants.some(({ positions }) => positions.length === 0)) {
        throw new RangeError(
          `Cannot ablate by ${replacement.kind} as a token must be left: got every token of the prompt deleted`,
        );
      }
      return variants.length === 0 ? [] : await problem.score(variants, prompt);
    },
  };
}

function assertRows(replacement: Replacement, D: number, size: number): void {
  if (replacement.kind === "row" && replacement.row.length !== D) {
    throw new TypeError(`Cannot ablate as the replacing row must be [${D}]: got [${replacement.row.length}]`);
  }
  if (replacement.kind === "rows" && replacement.rows.length !== size) {
    throw new TypeError(
      `Cannot ablate as the replacing rows must be [${size / D}, ${D}]: got ${replacement.rows.length} numbers`,
    );
  }
}

/** Returns the unit of each position, −1 if it has none, [L]. */
function unitOfPosition(groups: readonly (readonly number[])[], length: number): Int32Array {
  if (groups.length === 0) throw new RangeError("Cannot ablate as there must be at least one unit: got none");
  const units = new Int32Array(length).fill(-1);
  groups.forEach((positions, unit) => {
    if (positions.length === 0) throw new RangeError(`Cannot ablate unit ${unit} as it must have a token: got none`);
    for (const position of positions) {
      if (units[position] !== -1) {
        throw new RangeError(
          `Cannot ablate unit ${unit} as its positions must be 0 … ${length - 1} and in no other unit: got ${position}`,
        );
      }
      units[position] = unit;
    }
  });
  return units;
}
