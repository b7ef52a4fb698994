import { OBJECTIVES } from "../../attribution/objectives/objective.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { numberText, percentText } from "./number_text.ts";
import { oneLine } from "./visible_token.ts";

/** Methods that are not called as they are spelt. */
const TITLES: Readonly<Record<string, string>> = {
  shapley: "Shapley values",
  "shapley-sampled": "Shapley values, sampled",
  "kernel-shap": "Shapley values by KernelSHAP",
  owen: "Owen values",
  "owen-sampled": "Owen values, sampled",
  lime: "LIME",
  "input-x-gradient": "Input × gradient",
  "smooth-grad": "SmoothGrad",
  "smooth-grad-x-input": "SmoothGrad × input",
  "gradient-shap": "GradientSHAP",
  "context-cite": "ContextCite",
  "captum-shapley-sampled": "Shapley values, sampled as Captum does",
  "captum-kernel-shap": "Shapley values by Captum's KernelSHAP",
};

/** How a token's partial derivatives become one number. */
const NORMS: Readonly<Record<string, string>> = {
  l2: "Euclidean norm",
  l1: "sum of magnitudes",
  sum: "signed sum",
};

/** The method and its options in words, as a plot's title: `Integrated gradients, zero baseline, adaptive`. */
export function methodText(record: AttributionRecord): string {
  const { name, baseline, scheme, quadrature, steps, tolerance, units, norm, layer, prefix } = record.method;
  const method = TITLES[name] ?? sentenceCase(name.replaceAll("-", " "));
  const { objective } = record.score;
  const title = objective === "log-prob" ? method : `${method}, objective ${objective}`;
  const division = units === undefined || units === "tokens" || units === "pieces" ? [] : [oneLine(String(units))];
  if (scheme !== undefined) return [title, ...division, `scheme ${oneLine(String(scheme))}`].join(", ");
  const parts = [title];
  if (isGradientNorm(record)) parts.push(NORMS[String(norm)]);
  if (baseline !== undefined) parts.push(`baseline ${baselineText(String(baseline))}`);
  if (layer !== undefined && layer !== 0) parts.push(`layer ${layer}`);
  if (prefix === "interpolated") parts.push("target prefix interpolated");
  if (quadrature === "adaptive") {
    const asked = typeof tolerance === "number" ? ` to ${percentText(tolerance)}` : "";
    parts.push(`adaptive${asked} (${record.cost.pathPoints} points)`);
  } else if (quadrature !== undefined) {
    parts.push(`${quadrature} with ${steps} points`);
  }
  return [...parts, ...division].join(", ");
}

/** A baseline in a title: a list by how many it has. */
function baselineText(baseline: string): string {
  return baseline.startsWith("samples:")
    ? `samples (${JSON.parse(baseline.slice("samples:".length)).length})`
    : oneLine(baseline);
}

/** A number in the unit of the record's scores: `3.1 nats`. */
export function amountText(value: number | null, { score: { unit } }: AttributionRecord, signed = false): string {
  return `${numberText(value, 4, signed)} ${unit}`;
}

/** Sum, gap and completeness error: `Σ = 3.1 of 3.2 nats, completeness error 0.4 %`. */
export function completenessText(record: AttributionRecord): string {
  if (isGradientNorm(record)) {
    const what = `gradients, ${record.score.unit} by unit of length, which need not sum to anything`;
    return [what, samplingText(record)].filter((part) => part !== null).join("; ");
  }
  const sum = attributionSum(record);
  const gap = scoreGap(record);
  const { relative } = record.completeness.sequence;
  const fit = surrogateText(record);
  if (fit !== null) return `Σ = ${numberText(sum)}, a surrogate's weights: ${fit}`;
  if (gap === null) return `Σ = ${amountText(sum, record)}, no completeness error: ${incompleteText(record)}`;
  const parts = [
    `Σ = ${numberText(sum)} of ${amountText(gap, record)}`,
    `completeness error ${percentText(relative)}`,
  ];
  const certificate = certificateText(record);
  if (certificate !== null) parts.push(certificate);
  if (record.standardError !== null) parts.push(samplingText(record)!);
  return parts.join(", ");
}

/** The certificate against its tolerance, or null where the rule has none. */
export function certificateText(record: AttributionRecord): string | null {
  const { certificate, tolerance, met } = record.completeness.sequence;
  if (certificate === null && tolerance === null) return null;
  const asked = tolerance === null ? "" : ` (tolerance ${percentText(tolerance)} ${met ? "met" : "NOT met"})`;
  return `certificate κ = ${percentText(certificate)}${asked}`;
}

const STOPPED_BY = {
  "standard-error": "ended by the standard error",
  budget: "ended by the budget",
  samples: "ended by the number of samples",
  exact: "nothing left to sample",
} as const;

/** Model calls, what ended the sampling and how sure it is; null for methods that make none. */
export function samplingText({ sampling, method }: AttributionRecord): string | null {
  if (sampling === undefined) return null;
  const { calls, stopped, halfWidth } = sampling;
  const drawn = method.scheme === "resample" ? [`${sampling.samples} draws of other tokens`] : [];
  const given = String(method.baseline).startsWith("samples:") ? "given" : "random";
  const kind = stopped?.by === "samples" ? `${given} baselines` : "random gradients";
  const scored = method.scheme === undefined ? `${sampling.samples} ${kind}` : `${calls} model calls`;
  const parts = [...drawn, scored];
  if (stopped !== null) parts.push(STOPPED_BY[stopped.by]);
  if (stopped !== null && stopped.reached !== null && halfWidth !== null) {
    const asked = stopped.asked === null
      ? ""
      : ` (${numberText(stopped.asked, 2)} asked, ${stopped.met ? "met" : "NOT met"})`;
    parts.push(`standard errors up to ${numberText(stopped.reached, 2)}${asked}`);
    parts.push(`95 % intervals ± ${numberText(halfWidth, 3)} of them`);
  }
  return parts.join(", ");
}

/** How far to believe a linear surrogate of the sequence; null for other methods. */
export function surrogateText({ surrogate }: AttributionRecord): string | null {
  if (surrogate === undefined) return null;
  const value = (numbers: readonly (number | null)[]) => numberText(numbers.at(-1) ?? null, 3);
  const parts = [`R² ${value(surrogate.r2)} on ${surrogate.samples} coalitions that it was fitted to`];
  const { heldOut } = surrogate;
  if (heldOut !== null) {
    const interval = heldOut.ldsInterval.at(-1);
    const range = interval ? ` (${numberText(interval[0], 3)} to ${numberText(interval[1], 3)})` : "";
    parts.push(`R² ${value(heldOut.r2)} and LDS ${value(heldOut.lds)}${range} on ${heldOut.samples} held out`);
  }
  return parts.join(", ");
}

/** Why nothing is said of single target tokens, or null where it is or something else is the reason. */
export function perTargetText({ method, completeness }: AttributionRecord): string | null {
  if (method.perTarget !== false) return null;
  return completeness.delta === null
    ? "no error of single target tokens and no arithmetic floor: perTarget is off"
    : "no arithmetic floor: perTarget is off";
}

/** Why attributions cannot be held against a change of the score. */
export function incompleteText(record: AttributionRecord): string {
  if (isGradientNorm(record)) return "sizes of gradients";
  if (record.surrogate) return "a surrogate's weights";
  return record.method.name === "smooth-grad-x-input" ? "gradients around the prompt" : "the baseline has no score";
}

/** Whether the attributions are sizes of gradients, not parts of a score. */
export function isGradientNorm({ method }: AttributionRecord): boolean {
  return method.name === "saliency" || method.name === "smooth-grad";
}

/** Σ_i A[i], the target's own tokens included where these moved. */
export function attributionSum({ sequenceAttribution, prefix }: AttributionRecord): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return sum(sequenceAttribution) + sum(prefix?.sequence ?? []);
}

/** Σ_t F_t(x) − F_t(x′), nats; null where the baseline has no score. */
export function scoreGap(record: AttributionRecord): number | null {
  const { input, baseline } = record.score;
  if (baseline === null) return null;
  return input.reduce((total, value, t) => total + value - baseline[t], 0);
}

/** 1, or −1 where an attribution that supports the target is negative: of losses and uncertainties. Norms have no sign. */
export function supportSign(record: AttributionRecord): 1 | -1 {
  return OBJECTIVES[record.score.objective].falls && !isGradientNorm(record) ? -1 : 1;
}

/** Whether a position has nothing to attribute: what is frozen has a share only where it has read what moves. */
export function isIdle({ method, prompt, sequenceAttribution }: AttributionRecord, i: number): boolean {
  return prompt.tokens[i].frozen && ((method.layer ?? 0) === 0 || sequenceAttribution[i] === 0);
}

/** The position of the most supporting sequence attribution among those that have one; −1 where all are frozen. */
export function topPosition(record: AttributionRecord, values: readonly number[] = record.sequenceAttribution): number {
  const sign = supportSign(record);
  let top = -1;
  values.forEach((value, i) => {
    if (!isIdle(record, i) && (top < 0 || sign * value > sign * values[top])) top = i;
  });
  return top;
}

/** [L], from the certificate's estimate or from sampling; null where there is neither for the sequence. */
export function sequenceErrors(record: AttributionRecord): readonly number[] | null {
  if (record.standardError) return record.standardError;
  const { entryError } = record.completeness;
  return entryError !== null && entryError.every((value) => typeof value === "number") ? entryError : null;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
