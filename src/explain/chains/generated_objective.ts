import { composePath, composePoints, composeSecant } from "../../attribution/objectives/composition.ts";
import { OBJECTIVES } from "../../attribution/objectives/objective.ts";
import type { HeadObjective } from "../../model/graphs/head.ts";
import type { LanguageModel } from "../../model/model.ts";
import type { PromptVariant } from "../../perturbation/prompt_variant.ts";
import { headObjective, type OpenObjective } from "../open_objective.ts";
import { type GivenObjective, objectiveText } from "../own/own_objective.ts";
import type { PreparedText } from "../prepare_text.ts";

/**
 * Opens an objective that has a score for each target token on rows [L + T − 1, D] of the prompt and of the target's
 * tokens but the last: target t depends on the rows before its own. One forward scores all targets, by causality.
 *
 * @throws {RangeError} if the objective does not score each target token
 */
export async function openGeneratedObjective(
  model: LanguageModel,
  { targetIds: targets, promptRows }: PreparedText,
  name: GivenObjective,
): Promise<OpenObjective> {
  if (typeof name !== "string" || OBJECTIVES[name].per !== "token") {
    const got = objectiveText(name);
    throw new RangeError(`Cannot follow chains as the objective must score each target token: got ${got}`);
  }
  const { composed } = OBJECTIVES[name];
  const plain = ofHead(model, targets, await headObjective(model, targets, promptRows, name));
  if (composed === null) return plain;
  const composition = composed.compose([targets.length]);
  return {
    ...plain,
    score: async (prompts, original) =>
      (await plain.score(prompts, original)).map((scores) => composition.value([scores])),
    path: async (request) => composePath([await plain.path(request)], composition),
    secant: async (request) => composeSecant([await plain.secant(request)], composition),
    points: async (request) => composePoints([await plain.points(request)], composition),
  };
}

function ofHead(model: LanguageModel, targets: readonly number[], objective: HeadObjective): OpenObjective {
  const opened = { targets, objective, withTarget: true } as const;
  return {
    targets: targets.length,
    per: "token",
    pairs: objective.kind === "margin" ? objective.pairs : null,
    async score(prompts, original) {
      const rows = prompts.map(rowsOf);
      const points = await model.points({ ...opened, prompt: original ?? rows[0] });
      const found = await points.evaluate(
        rows.map((own) => ({ at: Float64Array.from(own), direction: null })),
        { tangent: false, gradient: "none", products: false },
      );
      return [...found.score];
    },
    path: (request) => model.path({ ...request, ...opened }),
    secant: (request) => model.secant({ ...request, ...opened }),
    points: (request) => model.points({ ...request, ...opened }),
  };
}

/** A prompt without some of its rows may lack the one that predicts a target. */
function rowsOf(prompt: Float32Array | PromptVariant): Float32Array {
  if (prompt instanceof Float32Array) return prompt;
  throw new TypeError("Cannot score all targets at once as every token must have a row: got a prompt without some");
}
