import type { PromptVariant } from "../perturbation/prompt_variant.ts";
import {
  composePath,
  composePoints,
  composeSecant,
  type Composition,
  secantsSideBySide,
  sideBySide,
} from "../attribution/objectives/composition.ts";
import { topPairs } from "../attribution/objectives/margin.ts";
import { type ObjectiveName, OBJECTIVES } from "../attribution/objectives/objective.ts";
import { checkComposition } from "../attribution/objectives/own_compositions.ts";
import type { PathFunction } from "../attribution/path_function.ts";
import type { SecantFunction } from "../attribution/secant.ts";
import type { PointFunction } from "../attribution/point_function.ts";
import { type HeadObjective, LOG_PROB } from "../model/graphs/head.ts";
import type { LanguageModel } from "../model/model.ts";
import type { PathRequest } from "../model/run/open_path.ts";
import type { PointsRequest } from "../model/run/open_points.ts";
import type { SecantRequest } from "../model/run/open_secant.ts";
import type { GivenObjective, OwnObjective } from "./own/own_objective.ts";
import type { PreparedText } from "./prepare_text.ts";

/** An objective of a prepared text, ready to be scored and differentiated. */
export interface OpenObjective {
  /** T′: one for each target token, or 1 where it is one number for the sequence. */
  readonly targets: number;
  /** Which of the two, also where T is 1. */
  readonly per: "token" | "sequence";
  /** Of `margin`, the ids [T] that are compared; else null. */
  readonly pairs: readonly (readonly [first: number, second: number])[] | null;
  /** F, [T′] of each prompt; both as `LanguageModel.score` takes them. */
  score(prompts: readonly (Float32Array | PromptVariant)[], original?: Float32Array): Promise<Float64Array[]>;
  /**
   * F along a path. Coordinates are the rows of the prompt and, where they move, those of the target's tokens but the
   * last, and then of the alternative's.
   */
  path(request: Omit<PathRequest, "targets" | "objective">): Promise<PathFunction>;
  /** The changes of F along a path, with the coordinates of `path`. */
  secant(request: Omit<SecantRequest, "targets" | "objective">): Promise<SecantFunction>;
  /** F at any points. */
  points(request: Omit<PointsRequest, "targets" | "objective">): Promise<PointFunction>;
}

/**
 * Opens an objective. Those that ask about the unperturbed prompt (`margin`, `kl`, `js`) take one forward of it here.
 *
 * @param prompt its embeddings, [L, D]
 */
export async function openObjective(
  model: LanguageModel,
  text: Pick<PreparedText, "targetIds" | "alternative">,
  name: GivenObjective,
  prompt: Float32Array,
): Promise<OpenObjective> {
  if (typeof name !== "string") return await openOwn(model, text, name, prompt);
  const { targetIds: targets } = text;
  const tokens = prompt.length / model.config.hiddenSize;
  const { composed: composition, per: usual } = OBJECTIVES[name];
  if (composition === null) return ofHead(model, targets, await headObjective(model, targets, prompt, name));
  const { alternative, compose } = composition;
  const parts = alternative ? [targets, text.alternative!.ids] : [targets];
  const lengths = parts.map(({ length }) => length);
  const aligned = lengths.every((length) => length === targets.length);
  const per = usual === "aligned" ? aligned ? "token" : "sequence" : usual;
  return composed(parts.map((ids) => ofHead(model, ids)), compose(lengths), { per, tokens });
}

/**
 * Opens an objective of the caller's own, and holds its derivatives against differences at the prompt, which takes a
 * forward for each part.
 */
async function openOwn(
  model: LanguageModel,
  text: Pick<PreparedText, "targetIds">,
  own: OwnObjective,
  prompt: Float32Array,
): Promise<OpenObjective> {
  const tokens = prompt.length / model.config.hiddenSize;
  const parts: OpenObjective[] = [];
  for (const { objective = "log-prob", continuation } of own.parts) {
    const ids = continuation === undefined
      ? text.targetIds
      : await (await model.tokenizer()).encodeTarget(continuation);
    parts.push(await openObjective(model, { targetIds: ids, alternative: null }, objective, prompt));
  }
  const composition = own.compose(parts.map(({ targets }) => targets));
  const T = text.targetIds.length;
  if (composition.targets !== 1 && composition.targets !== T) {
    throw new RangeError(
      `Cannot use objective ${own.name} as it must give one score, or one for each of ${T} target tokens: got ` +
        composition.targets,
    );
  }
  const scores: Float64Array[] = [];
  for (const part of parts) scores.push((await part.score([prompt]))[0]);
  checkComposition(own.name, composition, scores);
  const per = composition.targets === T && parts.every(({ targets }) => targets === T) ? "token" : "sequence";
  return composed(parts, composition, { per, tokens });
}

/** Makes what the model's head computes of an objective that is no function of others; of those log-probabilities. */
export async function headObjective(
  model: LanguageModel,
  targets: readonly number[],
  prompt: Float32Array,
  name: ObjectiveName,
): Promise<HeadObjective> {
  switch (name) {
    case "prob":
    case "logit":
    case "entropy":
      return { kind: name };
    case "margin": {
      const logits = await model.logits(prompt, targets);
      return { kind: "margin", pairs: topPairs(logits, model.config.vocabularySize) };
    }
    case "kl":
    case "js":
      return { kind: name, reference: await model.logits(prompt, targets) };
    default:
      return LOG_PROB;
  }
}

/** Opens an objective of the model's head. */
function ofHead(model: LanguageModel, targets: readonly number[], objective: HeadObjective = LOG_PROB): OpenObjective {
  return {
    targets: targets.length,
    per: "token",
    pairs: objective.kind === "margin" ? objective.pairs : null,
    score: (prompts, original) => model.score(prompts, targets, original, objective),
    path: (request) => model.path({ ...request, targets, objective }),
    secant: (request) => model.secant({ ...request, targets, objective }),
    points: (request) => model.points({ ...request, targets, objective }),
  };
}

/** A function of others, on the same prompts of so many tokens and the same paths. */
function composed(
  parts: readonly OpenObjective[],
  composition: Composition,
  { per, tokens }: Pick<OpenObjective, "per"> & { readonly tokens: number },
): OpenObjective {
  return {
    targets: composition.targets,
    per,
    pairs: null,
    async score(prompts, original) {
      const scores: Float64Array[][] = [];
      for (const part of parts) scores.push(await part.score(prompts, original));
      return prompts.map((_, i) => composition.value(scores.map((part) => part[i])));
    },
    async path(request) {
      const paths: PathFunction[] = [];
      for (const part of parts) paths.push(await part.path(request));
      return composePath(sideBySide(paths, tokens), composition);
    },
    async secant(request) {
      const secants: SecantFunction[] = [];
      for (const part of parts) secants.push(await part.secant(request));
      return composeSecant(secantsSideBySide(secants, tokens), composition);
    },
    async points(request) {
      const functions: PointFunction[] = [];
      for (const part of parts) functions.push(await part.points(request));
      return composePoints(functions, composition);
    },
  };
}
