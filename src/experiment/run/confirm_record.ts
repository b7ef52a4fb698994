import { openObjective } from "../../explain/open_objective.ts";
import { prepareText } from "../../explain/prepare_text.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import type { LanguageModel } from "../../model/model.ts";
import type { Cell } from "./cell.ts";

/** Difference that rounding may leave between two scores, relative; of small log-probabilities and logits, absolute. */
const ROUNDING = { f32: 1e-5, f64: 1e-9 };

/** Least score, in roundings, that shows anything. */
const TELLING = 100;

/**
 * Holds a record that does not name its model's identity against the model: prompt and target must have the same
 * tokens, and the prompt the same scores. Scores near 0, as those of a divergence, show nothing.
 *
 * @returns true if it is shown that the model is the same
 */
export async function confirmRecord(
  model: LanguageModel,
  { text, options }: Pick<Cell, "text" | "options">,
  record: AttributionRecord,
): Promise<boolean> {
  const prepared = await prepareText(model, text, options);
  const same = (has: readonly { readonly id: number }[], ids: readonly number[]) =>
    String(has.map(({ id }) => id)) === String(ids);
  const frozen = record.prompt.tokens.map((token) => token.frozen);
  if (
    !same(record.prompt.tokens, prepared.promptIds) || !same(record.target.tokens, prepared.targetIds) ||
    !same(record.alternative?.tokens ?? [], prepared.alternative?.ids ?? []) ||
    String(frozen) !== String(prepared.frozen)
  ) {
    return false;
  }
  const objective = await openObjective(model, prepared, options.objective, prepared.promptRows);
  const [scores] = await objective.score([prepared.promptRows]);
  const { input, unit } = record.score;
  const isF64 = [record.device, model.device].every(({ backend }) => backend === "reference");
  const least = unit === "nats" || unit === "logits" ? 1 : 0;
  const rounding = (value: number) => ROUNDING[isF64 ? "f64" : "f32"] * Math.max(least, Math.abs(value));
  return scores.length === input.length &&
    input.every((value, t) => Math.abs(scores[t] - value) <= rounding(value)) &&
    input.some((value) => Math.abs(value) > TELLING * rounding(value));
}
