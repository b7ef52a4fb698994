import type { PointFunction } from "../../../attribution/point_function.ts";
import type { OpenObjective } from "../../open_objective.ts";
import type { PreparedText } from "../../prepare_text.ts";

/**
 * Positions that a method of one point attributes: behind the first block frozen ones too, as they have read the
 * others.
 */
export function attributedPositions({ frozen }: Pick<PreparedText, "frozen">, layer: number): boolean[] {
  return frozen.map((isFrozen) => layer > 0 || !isFrozen);
}

/** Opens the points around the prompt; rows before the first that is attributed are computed once. */
export async function openAroundPrompt(
  objective: OpenObjective,
  { promptRows: prompt, frozen }: PreparedText,
  layer: number,
): Promise<PointFunction> {
  const fixed = frozen.findIndex((isFrozen) => !isFrozen);
  return await objective.points({ prompt, layer, fixed });
}
