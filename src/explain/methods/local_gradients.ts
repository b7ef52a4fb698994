import { inputXGradient, saliency } from "../../attribution/local_gradients.ts";
import type { PointFunction } from "../../attribution/point_function.ts";
import type { Judged } from "../judged.ts";
import { isByToken, judgeIntegral } from "./judge_integral.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";
import { normOfUnits } from "./unit_norm.ts";

/** The positions that a method of one point attributes: behind the first block frozen ones too, for they have read the others. */
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

/** Input times gradient at the prompt. */
export async function inputXGradients(
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  const points = await openAroundPrompt(objective, text, options.layer);
  const attributed = attributedPositions(text, options.layer);
  const integral = await inputXGradient(points, attributed, options.tokens ? "token" : "sequence");
  return judgeIntegral(integral, objective, text, options);
}

/** Norms of the gradient at the prompt. */
export async function saliencies(
  objective: OpenObjective,
  text: PreparedText,
  { layer, norm, tokens, units }: AttributionOptions,
): Promise<Judged> {
  const L = text.promptIds.length;
  const attributed = attributedPositions(text, layer);
  const onlyAttributed = (values: Float64Array) => values.map((value, i) => attributed[i % L] ? value : 0);
  const found = await saliency(await openAroundPrompt(objective, text, layer), norm, tokens);
  const sequence = onlyAttributed(found.sequence);
  const matrix = found.matrix && onlyAttributed(found.matrix);
  return {
    input: found.input,
    baseline: null,
    total: null,
    comparable: false,
    tokenAttribution: matrix,
    sequenceAttribution: sequence,
    standardError: null,
    unitLevel: isByToken(text, units) ? null : {
      attribution: matrix && normOfUnits(matrix, text, norm),
      sequence: normOfUnits(sequence, text, norm),
      standardError: null,
      entryError: null,
    },
    prefix: null,
    sampling: null,
    surrogate: null,
    pathPoints: 1,
    arithmeticFloor: null,
    certified: null,
  };
}
