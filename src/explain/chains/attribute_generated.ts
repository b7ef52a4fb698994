import type { LanguageModel } from "../../model/model.ts";
import type { Judged } from "../judged.ts";
import type { ResolvedOptions } from "../methods/attribution_options.ts";
import type { Method, Subject } from "../methods/method.ts";
import { openObjective } from "../open_objective.ts";
import { BASELINE, type Baseline } from "../options/baseline.ts";
import type { PreparedText } from "../prepare_text.ts";
import { openGeneratedObjective } from "./generated_objective.ts";
import { joinTargets } from "./join_targets.ts";
import { splitGenerated } from "./split_generated.ts";
import { withGenerated } from "./with_generated.ts";

/**
 * Attributes each target token to the prompt and to the target's tokens before it, which are taken as part of the
 * prompt that the model read: at the baseline, or taken away, as the prompt's tokens are.
 *
 * One run of a gradient method does for all targets, as causality keeps later tokens out of their scores. A
 * perturbation method takes a run for each: tokens behind the target are no players of its game, no part of its units
 * and windows, and what takes the row away that predicts it does not move it.
 *
 * @returns with the parts of the target's own tokens as `prefix`
 * @throws {RangeError} if the baseline is another prompt, which says nothing of the target, or with `inside`
 */
export async function attributeGenerated(
  method: Method,
  { model, text, onRound }: Omit<Subject, "objective">,
  options: ResolvedOptions,
): Promise<Judged> {
  assertBaseline(options.baseline as Baseline | undefined);
  if (typeof options.inside === "string") {
    throw new RangeError(
      `Cannot follow chains as inside must be left out, for it is of the whole target: got ${options.inside}`,
    );
  }
  const sizes = { tokens: text.promptIds.length, units: text.units.length };
  const { targetIds: targets } = text;
  if (method.family === "perturbation") {
    return splitGenerated(joinTargets(await targetByTarget(method, model, text, options)), sizes);
  }
  const objective = await openGeneratedObjective(model, text, options.objective);
  const whole = await withGenerated(model, text, targets.length - 1, targets);
  return splitGenerated(await method.run({ model, objective, text: whole, onRound }, options), sizes);
}

async function targetByTarget(
  method: Method,
  model: LanguageModel,
  text: PreparedText,
  options: ResolvedOptions,
): Promise<Judged[]> {
  const found: Judged[] = [];
  for (const [t, target] of text.targetIds.entries()) {
    const read = await withGenerated(model, text, t, [target]);
    const objective = await openObjective(model, read, options.objective, read.promptRows);
    found.push(await method.run({ model, objective, text: read }, options));
  }
  return found;
}

function assertBaseline(baseline: Baseline | undefined): void {
  if (baseline === undefined) return;
  const all = baseline.kind === "samples" ? baseline.samples : [baseline];
  const other = all.find(({ kind }) => kind === "text");
  if (other === undefined) return;
  throw new RangeError(
    `Cannot follow chains as the baseline must be one row for every token, or drawn: got ${BASELINE.write(other)}`,
  );
}
