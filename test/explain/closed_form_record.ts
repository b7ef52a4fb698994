import { type AttributionRecord, RECORD_SCHEMA } from "../../src/explain/record/record.ts";
import type { ResolvedOptions } from "../../src/explain/methods/attribution_options.ts";
import { recordedOptions } from "../../src/explain/methods/resolve_options.ts";
import type { AttributionText } from "../../src/explain/options/attribution_text.ts";

/**
 * A scorer whose attributions have a closed form. A prompt token i moves along the path as g(α) = tanh(3α) / tanh(3)
 * and the target token t scores F_t(α) = Σ_i w[t, i] g(α) − 4, so the exact attribution of a token is w[t, i], and each
 * quadrature makes the error that it makes on g′.
 */
const SLOPE = 3;

/** Splits plain English as a byte-level tokenizer does: words with the space before them, punctuation apart. */
function splitTokens(text: string): string[] {
  return text.match(/\s?[\p{L}\p{N}]+|\s?[^\s\p{L}\p{N}]|\s/gu) ?? [];
}

export const FAKE_FINGERPRINT = "sha256:" + "0f".repeat(32);

/** Identity of its model. */
export const FAKE_IDENTITY = "sha256:" + "1d".repeat(32);

/** Returns the exact w[t, i], between −1 and 1 and different for each pair of positions and words. */
function exactAttribution(promptTokens: readonly string[], targetTokens: readonly string[]): number[][] {
  return targetTokens.map((y, t) => promptTokens.map((x, i) => Math.sin(1 + 7 * t + 3 * i + x.length + 2 * y.length)));
}

/** Builds the record of one attribution of the closed-form scorer. */
export function closedFormRecord(text: AttributionText, options: ResolvedOptions): AttributionRecord {
  const target = text.target ?? " made up".repeat(Math.ceil((text.generate ?? 2) / 2));
  const promptTokens = splitTokens(text.prompt);
  const targetTokens = splitTokens(target);
  const frozen = promptTokens.map((_, i) =>
    options.freeze.some((one) => one.kind === "position" ? one.position === i : i === 0 && one.kind === "first")
  );
  const tokens = options.tokens === true && options.method !== "feature-ablation";
  const exact = exactAttribution(promptTokens, targetTokens)
    .map((row) => row.map((value, i) => frozen[i] ? 0 : value));
  const integral = integralOf(options);
  const matrix = exact.map((row) => row.map((value) => value * integral.sum));
  const gaps = exact.map((row) => total(row));
  const delta = gaps.map((gap) => gap * (integral.sum - 1));
  const sequence = columnSums(matrix);
  const relative = Math.abs(integral.sum - 1);
  const certified = options.method === "integrated-gradients" && options.quadrature === "adaptive";
  return {
    schema: RECORD_SCHEMA,
    model: {
      id: "closed-form",
      architecture: "none",
      quantization: "none",
      parameters: 0,
      fingerprint: FAKE_FINGERPRINT,
      identity: FAKE_IDENTITY,
    },
    device: { backend: "reference", adapter: "closed form", tuning: null },
    method: { name: options.method, ...recordedOptions(options) },
    prompt: { text: text.prompt, tokens: placed(promptTokens).map((token, i) => ({ ...token, frozen: frozen[i] })) },
    target: {
      text: target,
      tokens: placed(targetTokens),
      ...(text.target === undefined ? { generation: generationOf(text) } : {}),
    },
    score: {
      ...{ objective: "log-prob", unit: "nats", per: "token" },
      input: gaps.map((gap) => gap - 4),
      baseline: gaps.map(() => -4),
    },
    tokenAttribution: tokens || options.method === "feature-ablation" ? matrix : null,
    sequenceAttribution: sequence,
    standardError: null,
    completeness: {
      delta: tokens ? delta : null,
      relative: tokens ? gaps.map(() => relative) : null,
      certificate: certified && tokens ? gaps.map(() => 2 * relative) : null,
      entryError: certified ? sequence.map((value) => Math.abs(value) * relative) : null,
      sequence: {
        delta: total(delta),
        relative,
        certificate: certified ? 2 * relative : null,
        tolerance: certified ? options.tolerance as number : null,
        met: certified ? 2 * relative <= (options.tolerance as number) : null,
      },
      arithmeticFloor: options.method === "integrated-gradients" ? 1e-7 : null,
    },
    advice: frozen[0] ? [] : ["The first token is attributed: freezing it makes the path smoother."],
    cost: {
      pathPoints: integral.points,
      forwardRows: integral.points * promptTokens.length,
      backwardRows: integral.points * promptTokens.length,
      seconds: integral.points / 1000,
      gpuSeconds: null,
      predictedBytes: 0,
      peakBytes: 0,
    },
  };
}

/** Words that follow each other as tokens. */
function placed(words: readonly string[]): { id: number; text: string; start: number; end: number }[] {
  let end = 0;
  return words.map((text, id) => ({ id, text, start: end, end: end += text.length }));
}

/** Returns Σ_k w_k g′(α_k), exactly 1 for an exact rule, and the number of points. */
function integralOf(options: ResolvedOptions): { sum: number; points: number } {
  if (options.method === "feature-ablation") return { sum: 1, points: 0 };
  if (options.quadrature !== "adaptive") {
    const steps = (options.steps ?? 1) as number;
    return { sum: fixedRule(String(options.quadrature), steps), points: steps };
  }
  const { budget, tolerance } = options as unknown as { readonly budget: number; readonly tolerance: number };
  for (let points = 4; points <= budget; points *= 2) {
    const sum = fixedRule("riemann-middle", points);
    if (2 * Math.abs(sum - 1) <= tolerance) return { sum, points };
  }
  return { sum: fixedRule("riemann-middle", 4), points: 4 };
}

function fixedRule(name: string, n: number): number {
  const mean = (offset: number) => total(Array.from({ length: n }, (_, k) => derivative((k + offset) / n))) / n;
  const ends = (derivative(0) + derivative(1)) / 2;
  const inner = total(Array.from({ length: n - 1 }, (_, k) => derivative(k / (n - 1)))) + derivative(1) - ends;
  if (name === "riemann-left") return mean(0);
  if (name === "riemann-right") return mean(1);
  if (name === "trapezoid") return inner / (n - 1);
  if (name === "captum-trapezoid") return inner / n;
  if (name === "gauss-legendre") return 1 + Math.exp(-n / 5);
  return mean(0.5);
}

function derivative(alpha: number): number {
  return SLOPE / Math.tanh(SLOPE) / Math.cosh(SLOPE * alpha) ** 2;
}

function columnSums(matrix: readonly number[][]): number[] {
  return matrix[0].map((_, i) => total(matrix.map((row) => row[i])));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Options of a generation that draws nothing. */
function generationOf({ generate = 2 }: AttributionText): NonNullable<AttributionRecord["target"]["generation"]> {
  const drawn = { temperature: null, topK: null, topP: null, repetitionPenalty: 1, seed: null };
  return { generate, ...drawn, stop: [] };
}
