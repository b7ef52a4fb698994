import { averageDraws } from "../../../perturbation/averaged_attribution.ts";
import type { BlockAttribution } from "../../../perturbation/coarse_to_fine.ts";
import type { Replacement } from "../../../perturbation/prompt_variant.ts";
import type { Scorer } from "../../../perturbation/scorer.ts";
import type { SurrogateAttribution } from "../../../perturbation/surrogate.ts";
import type { UnitAttribution } from "../../../perturbation/unit_attribution.ts";
import { createRandom } from "../../../statistics/random.ts";
import type { Unit } from "../../../units/unit.ts";
import { replacementOf } from "../../baselines/replacement.ts";
import type { Judged } from "../../judged.ts";
import type { Scheme } from "../../options/scheme.ts";
import { promptScorer } from "../../prompt_scorer.ts";
import type { Subject } from "../method.ts";
import { spreadOverTokens } from "./spread_over_tokens.ts";

/** Options that decide how any perturbation method asks the model. */
export interface PerturbationRun {
  /** The thing that takes a unit's place. */
  readonly scheme: Scheme;
  /** Most draws of the scheme resample; null for other schemes. */
  readonly draws: number | null;
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Largest standard error that ends the draws; null if none does. */
  readonly standardError: number | null;
  /** Attributions that the standard error is asked of. */
  readonly of: "sequence" | "targets";
  /** Most model calls, which the draws share; null or absent for any number. */
  readonly budget?: number | null;
}

/**
 * Runs a method on the game of the prompt's units: which of them, taken away, take the objective's value away.
 *
 * @param run the method on one game, with the options of that game
 */
export async function perturb<O extends PerturbationRun>(
  subject: Subject,
  options: O,
  run: (scorer: Scorer, options: O) => Promise<UnitAttribution | SurrogateAttribution | BlockAttribution>,
): Promise<Judged> {
  const { model, objective, text } = subject;
  const by = (replacement: Replacement, own: O) =>
    run(promptScorer(model, objective, text, replacement, own.budget ?? null), own);
  const { scheme } = options;
  const found = scheme.kind === "resample"
    ? await resample(subject, options, by)
    : await by(await replacementOf(model, scheme), options);
  return judge(found, text.units);
}

/** Averages over drawn tokens in the units' place: each draw is a game of its own, with its share of the budget. */
async function resample<O extends PerturbationRun>(
  { model, text: { promptIds } }: Subject,
  options: O,
  by: (replacement: Replacement, own: O) => Promise<UnitAttribution | SurrogateAttribution>,
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

/** Judges the attributions of the free units as those of all units and of the tokens. */
function judge(
  found: UnitAttribution | SurrogateAttribution | BlockAttribution,
  units: readonly Unit[],
): Judged {
  const { input, baseline, uncertainty, stopped } = found;
  const total = new Float64Array(input.length);
  found.attribution.forEach((value, i) => total[Math.floor(i / found.sequence.length)] += value);
  const matrix = withFrozen(found.attribution, units);
  const sequence = withFrozen(found.sequence, units);
  const errors = uncertainty && withFrozen(uncertainty.sequenceStandardError, units);
  const surrogate = "intercept" in found ? found : null;
  const free = units.filter(({ frozen }) => !frozen);
  return {
    input,
    baseline,
    total,
    // A surrogate is linear in the units only by its fit: R² judges it, and logits are no nats.
    comparable: surrogate === null,
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
    surrogate,
    ...("blocks" in found ? { blocks: found.blocks.map((own) => own.flatMap((unit) => free[unit].tokens)) } : {}),
    pathPoints: 0,
    arithmeticFloor: null,
    certified: null,
  };
}

/** Widens [rows, N] of the free units to [rows, U] of all, zero where frozen. */
function withFrozen(values: Float64Array, units: readonly Unit[]): Float64Array {
  const free = units.flatMap(({ frozen }, u) => frozen ? [] : [u]);
  const rows = values.length / free.length;
  const all = new Float64Array(rows * units.length);
  values.forEach((value, i) => all[Math.floor(i / free.length) * units.length + free[i % free.length]] = value);
  return all;
}
