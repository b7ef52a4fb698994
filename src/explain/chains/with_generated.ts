import type { LanguageModel } from "../../model/model.ts";
import { divide } from "../../units/divide.ts";
import type { Unit } from "../../units/unit.ts";
import type { PreparedText } from "../prepare_text.ts";

/**
 * Makes the first tokens of the target the end of the prompt, as the model read them when it wrote the next. They are
 * attributed like any other: each by itself, or by the target's units, as far as these have begun.
 *
 * @param count of these tokens
 * @param targets ids that are scored
 */
export async function withGenerated(
  model: LanguageModel,
  text: PreparedText,
  count: number,
  targets: readonly number[],
): Promise<PreparedText> {
  const { promptText, promptIds, promptRows, targetText, targetTokens, targetIds, targetUnits } = text;
  const ids = targetIds.slice(0, count);
  const rows = new Float32Array(promptRows.length + ids.length * model.config.hiddenSize);
  rows.set(promptRows);
  rows.set(await model.embed(ids), promptRows.length);
  const written = targetTokens.slice(0, count).map(({ id, text, start, end }) => {
    const shift = start < 0 ? 0 : promptText.length;
    return { id, text, start: start + shift, end: end + shift, special: false, template: false, frozen: false };
  });
  const ofTarget = targetUnits ??
    divide(targetText, targetTokens.map((token) => ({ ...token, frozen: false })), { kind: "tokens" });
  return {
    ...text,
    promptText: promptText + targetText.slice(0, Math.max(0, targetTokens[count - 1]?.end ?? 0)),
    promptTokens: [...text.promptTokens, ...written],
    promptIds: [...promptIds, ...ids],
    promptRows: rows,
    frozen: [...text.frozen, ...ids.map(() => false)],
    unitTokens: [...text.unitTokens, ...written],
    units: [...text.units, ...unitsBefore(ofTarget, count, promptIds.length)],
    targetIds: targets,
    targetUnits: null,
    watched: null,
  };
}

/** The units' tokens before the `count`-th, behind L of the prompt. */
function unitsBefore(units: readonly Unit[], count: number, L: number): Unit[] {
  return units.flatMap((unit) => {
    const tokens = unit.tokens.filter((t) => t < count).map((t) => L + t);
    return tokens.length === 0 ? [] : [{ ...unit, frozen: false, tokens }];
  });
}
