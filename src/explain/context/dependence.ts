import type { LanguageModel } from "../../model/model.ts";
import { type Divergences, divergences, logSoftmax } from "../../statistics/divergence.ts";
import type { AttributionText, DEPENDENCE_NAMES } from "../options/attribution_text.ts";
import type { PreparedText } from "../prepare_text.ts";
import { dependents, THRESHOLD, type Threshold } from "./threshold.ts";

/** The distribution that a target token is drawn from, with and without the context. */
interface TargetDependence extends Divergences {
  /** log p with the context less log p without it, nats. */
  readonly drop: number;
  /** Id of the token that is likeliest without the context. */
  readonly without: number;
}

/** Target tokens that depend on the context. */
export interface ContextDependence {
  /** [T] */
  readonly measured: readonly TargetDependence[];
  readonly by: typeof DEPENDENCE_NAMES[number];
  readonly threshold: Threshold;
  /** Least divergence that the threshold allows, nats; null for a number of tokens. */
  readonly least: number | null;
  /** Positions, ascending. */
  readonly dependent: readonly number[];
}

const KEYS = { js: "js", kl: "kl", "kl-reverse": "reverse" } as const;

/** Tells which target tokens depend on the context, by the divergence and the threshold that the text asks for. */
export async function contextDependence(
  model: LanguageModel,
  prepared: PreparedText,
  { dependence: by = "js", threshold: given = "mean+1sd" }: Pick<AttributionText, "dependence" | "threshold">,
): Promise<ContextDependence> {
  const measured = await measureDependence(model, prepared);
  const threshold = THRESHOLD.read(given)!;
  const { least, targets: dependent } = dependents(measured.map((one) => one[KEYS[by]]), threshold);
  return { measured, by, threshold, least, dependent };
}

/**
 * Compares the distributions of each target token after the prompt and after the prompt without its context, whose
 * tokens are left out; what is behind them moves up.
 *
 * Cost: two forwards.
 *
 * @returns [T]
 */
async function measureDependence(
  model: LanguageModel,
  { promptRows, promptIds, targetIds, context }: PreparedText,
): Promise<TargetDependence[]> {
  const D = promptRows.length / promptIds.length;
  const gone = new Set(context!.flatMap(({ tokens }) => tokens));
  const rest = promptRows.filter((_, i) => !gone.has(Math.floor(i / D)));
  const given = await model.logits(promptRows, targetIds);
  const other = await model.logits(rest, targetIds);
  const V = model.config.vocabularySize;
  return targetIds.map((target, t) => {
    const row = (logits: Float32Array) => logSoftmax(logits.subarray(t * V, (t + 1) * V));
    const [p, q] = [row(given), row(other)];
    const without = q.reduce((best, value, v) => value > q[best] ? v : best, 0);
    return { ...divergences(p, q), drop: p[target] - q[target], without };
  });
}
