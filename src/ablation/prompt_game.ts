import type { AblationProblem, Replacement } from "./feature_ablation.ts";
import type { Game } from "./scorer.ts";

/** A prompt whose units are groups of token positions. */
export interface PromptProblem extends Omit<AblationProblem, "positions"> {
  /** Token positions of each unit; no position lies in two, those in none are always kept. */
  readonly groups: readonly (readonly number[])[];
  /** T */
  readonly targets: number;
}

/**
 * The game in which taking a unit away replaces the embeddings of all its tokens, or deletes them.
 *
 * @throws {RangeError} where there is no unit, a unit is empty or a position lies outside the prompt or in two units
 */
export function promptGame(problem: PromptProblem, replacement: Replacement): Game {
  const { prompt, hiddenSize: D, groups, targets } = problem;
  const L = prompt.length / D;
  const unitAt = unitOfPosition(groups, L);
  const everythingGoes = replacement.kind === "delete" && unitAt.every((unit) => unit >= 0);
  const variant = (kept: Uint8Array) => {
    const gone = (position: number) => unitAt[position] >= 0 && kept[unitAt[position]] === 0;
    if (replacement.kind === "delete") return prompt.filter((_, i) => !gone(Math.floor(i / D)));
    const copy = prompt.slice();
    for (let i = 0; i < L; i++) if (gone(i)) copy.set(replacement.row, i * D);
    return copy;
  };
  return {
    units: groups.length,
    targets,
    scoresNothing: !everythingGoes,
    async score(coalitions) {
      const variants = coalitions.map(variant);
      const empty = variants.findIndex((rows) => rows.length === 0);
      if (empty >= 0) {
        throw new RangeError("Cannot ablate by delete as a token must be left: got every token of the prompt deleted");
      }
      return variants.length === 0 ? [] : await problem.score(variants, prompt);
    },
  };
}

/** The unit that each position belongs to, −1 where none, [L]. */
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
