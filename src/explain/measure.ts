import type { Scorer } from "../perturbation/scorer.ts";
import type { RecordFaithfulness, RecordMetrics } from "./record/record_metrics.ts";
import { type Faithfulness, measureFaithfulness } from "../metrics/faithfulness.ts";
import { infidelity } from "../metrics/infidelity.ts";
import { perturbedAttributions, sensitivityOf } from "../metrics/max_sensitivity.ts";
import { ORDER_MEASURE_NAMES, orderOf } from "../metrics/order_measure.ts";
import type { LanguageModel } from "../model/model.ts";
import { aggregate } from "../units/aggregate.ts";
import type { Judged } from "./judged.ts";
import type { Subject } from "./methods/method.ts";
import type { MetricOptions } from "./options/metric_options.ts";
import { schemeText } from "./options/scheme.ts";
import type { OpenObjective } from "./open_objective.ts";
import type { PreparedText } from "./prepare_text.ts";
import { promptScorer } from "./prompt_scorer.ts";
import { replacementOf } from "./baselines/replacement.ts";
import { startStopwatch } from "../time/stopwatch.ts";

/** Attributes the same prompt from other embeddings. */
export type Explain = (text: PreparedText, listeners?: Pick<Subject, "onRound">) => Promise<Judged>;

/** An attribution and how to make it again. */
interface Measured {
  readonly objective: OpenObjective;
  readonly text: PreparedText;
  readonly judged: Judged;
  readonly explain: Explain;
}

/**
 * Measures a sequence attribution, by units: those that it has, or the tokens.
 *
 * @throws {RangeError} if an option is out of range
 */
export async function measure(
  model: LanguageModel,
  { objective, text, judged, explain }: Measured,
  options: MetricOptions,
): Promise<RecordMetrics> {
  const seconds = startStopwatch();
  const before = { ...model.meter };
  const { names, scheme, seed, samples } = options;
  const scorer = promptScorer(model, objective, text, await replacementOf(model, scheme), null);
  const attribution = ofFreeUnits(judged, text);
  const measured = {
    ...await faithfulness(scorer, attribution, options),
    ...(names.includes("infidelity") ? { infidelity: await infidelity(scorer, attribution, { seed, samples }) } : {}),
    ...(names.includes("sensitivity") ? { sensitivity: await sensitivity(text, explain, options) } : {}),
  };
  return {
    scheme: schemeText(scheme),
    seed,
    ...measured,
    cost: {
      calls: scorer.spent,
      forwardRows: model.meter.forwardRows - before.forwardRows,
      backwardRows: model.meter.backwardRows - before.backwardRows,
      seconds: seconds(),
    },
  };
}

async function faithfulness(
  scorer: Scorer,
  attribution: readonly number[],
  { names, seed, orders }: MetricOptions,
): Promise<Pick<RecordMetrics, typeof ORDER_MEASURE_NAMES[number]>> {
  const order = orderOf(attribution);
  const found: { -readonly [name in typeof ORDER_MEASURE_NAMES[number]]?: RecordFaithfulness } = {};
  for (const name of ORDER_MEASURE_NAMES) {
    if (names.includes(name)) found[name] = describe(await measureFaithfulness(scorer, name, order, { seed, orders }));
  }
  return found;
}

function describe({ curve, ...rest }: Faithfulness): RecordFaithfulness {
  return curve === null ? rest : { ...rest, curve };
}

/** Frozen tokens keep their embedding here, too. */
async function sensitivity(
  text: PreparedText,
  explain: Explain,
  { seed, radius, perturbations }: MetricOptions,
): Promise<RecordMetrics["sensitivity"]> {
  const { promptRows, frozen } = text;
  const D = promptRows.length / frozen.length;
  const isFree = (i: number) => !frozen[Math.floor(i / D)];
  const { base, perturbed } = await perturbedAttributions(
    async (free) => {
      let next = 0;
      const rows = promptRows.map((value, i) => isFree(i) ? free[next++] : value);
      return ofFreeUnits(await explain({ ...text, promptRows: rows }), text);
    },
    promptRows.filter((_, i) => isFree(i)),
    { seed, radius, samples: perturbations },
  );
  const isZero = Array.from(base).every((value) => value === 0);
  const { max, mean } = isZero ? { max: null, mean: null } : sensitivityOf(base, perturbed);
  return { max, mean, samples: perturbations, radius };
}

/** The sequence attribution of the units that may be taken away, [N]. */
function ofFreeUnits({ unitLevel, sequenceAttribution }: Judged, { units, promptIds }: PreparedText): number[] {
  const values = unitLevel?.sequence ??
    aggregate(sequenceAttribution, null, units, { targets: 1, tokens: promptIds.length });
  return [...values].filter((_, u) => !units[u].frozen);
}
