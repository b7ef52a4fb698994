import { averageDraws } from "../../perturbation/averaged_attribution.ts";
import { occlude } from "../../perturbation/occlusion.ts";
import { PERTURBATION_METHODS, type PerturbationOptions } from "../../perturbation/perturbation_methods.ts";
import type { Replacement } from "../../perturbation/prompt_variant.ts";
import type { Scorer } from "../../perturbation/scorer.ts";
import type { SurrogateAttribution } from "../../perturbation/surrogate.ts";
import type { UnitAttribution } from "../../perturbation/unit_attribution.ts";
import { binaryTree, type UnitTree } from "../../perturbation/unit_tree.ts";
import type { LanguageModel } from "../../model/model.ts";
import { createRandom } from "../../statistics/random.ts";
import type { Unit } from "../../units/unit.ts";
import type { Judged } from "../judged.ts";
import { isGradientMethod } from "../options/gradient_options.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import { promptScorer } from "../prompt_scorer.ts";
import type { AttributionOptions, MethodName } from "../options/attribution_options.ts";
import { replacementOf } from "../replacement.ts";
import { spreadOverTokens } from "./spread_over_tokens.ts";
import { treeOf } from "./unit_hierarchy.ts";

/** A perturbation method on a model: which units of the prompt, taken away, take the objective's value away. */
export async function perturb(
  model: LanguageModel,
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
): Promise<Judged> {
  requireLogProbs(options);
  const tree = hierarchyOf(text, options);
  const by = (replacement: Replacement, own: AttributionOptions) =>
    run(promptScorer(model, objective, text, replacement, own.budget), own, tree);
  const found = options.scheme === "resample"
    ? await resample(model, text, options, by)
    : await by(await replacementOf(model, options.scheme), options);
  return judge(found, text.units, options);
}

/** The mean over drawn tokens in the units' place: each draw is a game of its own, with its share of the budget. */
async function resample(
  model: LanguageModel,
  { promptIds }: PreparedText,
  options: AttributionOptions,
  by: (replacement: Replacement, own: AttributionOptions) => Promise<UnitAttribution | SurrogateAttribution>,
): Promise<UnitAttribution | SurrogateAttribution> {
  const { seed, draws, standardError, of, budget } = options;
  const random = createRandom(seed);
  return await averageDraws(async () => {
    const rows = await model.embed(promptIds.map(() => random.integer(model.config.vocabularySize)));
    return await by({ kind: "rows", rows }, {
      ...options,
      seed: random.integer(2 ** 32),
      standardError: null,
      budget: budget && Math.max(1, Math.floor(budget / draws!)),
    });
  }, { draws: draws!, standardError, of });
}

function requireLogProbs({ method, link, objective }: AttributionOptions): void {
  if (method !== "context-cite" || link !== "logit" || objective === "log-prob") return;
  throw new RangeError(`Cannot take logits of probabilities as the objective must be log-prob: got ${objective}`);
}

/** Whether the sum of its attributions can be held against the change of the score. */
function isComparable(method: MethodName): boolean {
  // A surrogate is linear in the units only by its fit: R² judges it, and logits are no nats.
  return method !== "lime" && method !== "context-cite";
}

/** The tree of Owen values; null for methods without. */
function hierarchyOf({ promptText, unitTokens, units }: PreparedText, options: AttributionOptions): UnitTree | null {
  if (options.method !== "owen" && options.method !== "owen-sampled") return null;
  const tree = treeOf(promptText, unitTokens, units, options.units);
  return options.hierarchy === "halves" ? binaryTree(tree) : tree;
}

async function run(
  scorer: Scorer,
  options: AttributionOptions,
  tree: UnitTree | null,
): Promise<UnitAttribution | SurrogateAttribution> {
  const { method } = options;
  if (isGradientMethod(method)) throw new RangeError(`Cannot perturb as the method must do so: got ${method}`);
  if (method === "feature-ablation") return await occlude(scorer);
  const { seed, standardError, of, samples, calls, pairs, window, stride, kernelWidth, ridge, penalty, heldOut, link } =
    options;
  const all: PerturbationOptions = {
    seed,
    standardError: standardError ?? undefined,
    samples: samples ?? undefined,
    calls: calls ?? undefined,
    pairs: pairs ?? undefined,
    tree: tree ?? undefined,
    ...{ of, window, stride, kernelWidth, ridge, penalty, heldOut, link },
  };
  return await PERTURBATION_METHODS[method].run(scorer, all);
}

/** The attributions of the free units as those of all units and of the tokens. */
function judge(
  found: UnitAttribution | SurrogateAttribution,
  units: readonly Unit[],
  options: AttributionOptions,
): Judged {
  const { input, baseline, uncertainty, stopped } = found;
  const total = new Float64Array(input.length);
  found.attribution.forEach((value, i) => total[Math.floor(i / found.sequence.length)] += value);
  const matrix = withFrozen(found.attribution, units);
  const sequence = withFrozen(found.sequence, units);
  const errors = uncertainty && withFrozen(uncertainty.sequenceStandardError, units);
  return {
    input,
    baseline,
    total,
    comparable: isComparable(options.method),
    tokenAttribution: spreadOverTokens(matrix, units),
    sequenceAttribution: spreadOverTokens(sequence, units),
    standardError: errors && spreadOverTokens(errors, units),
    unitLevel: units.every(({ tokens }) => tokens.length === 1)
      ? null
      : { attribution: matrix, sequence, standardError: errors, entryError: null },
    sampling: {
      calls: found.calls,
      stopped,
      uncertainty: uncertainty &&
        { ...uncertainty, standardError: spreadOverTokens(withFrozen(uncertainty.standardError, units), units) },
    },
    prefix: null,
    surrogate: "intercept" in found ? found : null,
    pathPoints: 0,
    arithmeticFloor: null,
    certified: null,
  };
}

/** [rows, N] of the free units as [rows, U] of all, zero where frozen. */
function withFrozen(values: Float64Array, units: readonly Unit[]): Float64Array {
  const free = units.flatMap(({ frozen }, u) => frozen ? [] : [u]);
  const rows = values.length / free.length;
  const all = new Float64Array(rows * units.length);
  values.forEach((value, i) => all[Math.floor(i / free.length) * units.length + free[i % free.length]] = value);
  return all;
}
