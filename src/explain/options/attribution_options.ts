import { CAPTUM_SAMPLES } from "../../perturbation/captum_shapley_sampled.ts";
import type { LinkName } from "../../perturbation/link.ts";
import { PERTURBATION_METHOD_NAMES } from "../../perturbation/perturbation_methods.ts";
import type { ObjectiveName } from "../../attribution/objectives/objective.ts";
import type { Message } from "../../model/tokens/chat_turns.ts";
import type { TokenSampling } from "../../model/generate/sampler.ts";
import {
  GRADIENT_METHOD_NAMES,
  isGradientMethod,
  type NORMS,
  type PREFIXES,
  type STRATEGIES,
} from "./gradient_options.ts";
import { type GivenOptions, withPreset } from "./preset.ts";
import type { MetricOptions } from "./metric_options.ts";

/** The methods of this version. */
export const METHODS = [...GRADIENT_METHOD_NAMES, "feature-ablation", ...PERTURBATION_METHOD_NAMES] as const;
/** Quadrature rules; `adaptive` is certified, the others take `steps`. */
export const QUADRATURES = [
  "adaptive",
  "gauss-legendre",
  "riemann-left",
  "riemann-right",
  "riemann-middle",
  "trapezoid",
  "captum-trapezoid",
] as const;

/** Trees for Owen values over tokens or words; see `AttributionOptions`. */
export const HIERARCHIES = ["halves", "groups"] as const;

/** Schemes that need no token. */
export const SCHEME_WORDS = [
  "delete",
  "delete-in-place",
  "mask-attention",
  "resample",
  "zero",
  "mean",
  "eos",
  "pad",
] as const;

/** What a standard error may be asked of. */
export const ERRORS_OF = ["sequence", "targets"] as const;

/** One of `METHODS`. */
export type MethodName = typeof METHODS[number];
/** One of `QUADRATURES`. */
export type QuadratureName = typeof QUADRATURES[number];
/** One of `HIERARCHIES`. */
export type HierarchyName = typeof HIERARCHIES[number];
/** What the target's own tokens do along a path. */
export type PrefixName = typeof PREFIXES[number];
/** How a token's partial derivatives become one number. */
export type NormName = typeof NORMS[number];
/** How discretized integrated gradients choose the next word. */
export type StrategyName = typeof STRATEGIES[number];

/** What to attribute and how; every option resolved. Shared by the command line, the YAML sweep and the library. */
export interface AttributionOptions {
  /** How the attribution is computed. */
  readonly method: MethodName;
  /**
   * F, what is explained: `log-prob`, `prob` or `logit` of each target token; `sequence-prob` of all of them;
   * `contrastive`, their log-probabilities less those of the text's alternative; `cross-entropy` and `perplexity` of the
   * target; `entropy` of the distribution that each target token is drawn from, its divergence `kl` from the one after the
   * unperturbed prompt, or the `margin` in log-probability of the two tokens that were likeliest there.
   */
  readonly objective: ObjectiveName;
  /**
   * Gradient methods along a path: `zero`, `mean`, `eos`, `pad`, `token:<id or text>`, `text:` and a prompt of as many tokens; or the
   * average over `samples:` and a JSON list of these, or over `samples` draws of `random` (tokens of the vocabulary) or
   * `shuffle` (the prompt's own tokens in random orders).
   */
  readonly baseline: string;
  /**
   * Perturbation methods, what takes a unit's place: nothing, where later tokens move up (`delete`) or keep their positions
   * (`delete-in-place`); itself, attended to by none (`mask-attention`); the embedding `zero`, `mean`, `eos`, `pad` or
   * `token:<id or text>`; or tokens drawn from the vocabulary, averaged over `draws` (`resample`).
   */
  readonly scheme: string;
  /**
   * `tokens`, `pieces` (tokens that are never joined, though they share a character), `words`, `sentences`, `lines`, the
   * `turns` of a chat, `spans:` and ranges of UTF-16 code units (`0-5,10-20`), or `template:` and a text with {named} slots that
   * the prompt must match. Perturbation methods take whole units away; integrated gradients are summed over them.
   */
  readonly units: string;
  /**
   * What rows of the matrix are summed over: as `units`, of the target, without turns. Others than `tokens` imply the
   * matrix.
   */
  readonly targetUnits: string;
  /** integrated-gradients and sequential ones: the rule along a path. */
  readonly quadrature: QuadratureName;
  /** Path points of a fixed rule, ≥ 1 (≥ 2 for the trapezoids); words on the way of discretized integrated gradients. */
  readonly steps: number;
  /** κ that `adaptive` is to reach, > 0. */
  readonly tolerance: number;
  /**
   * Most path points of `adaptive` and of sampled gradients, or model calls of the perturbation methods. null: 1000 for
   * `adaptive`, expected gradients and GradientSHAP, and for sampled Shapley and Owen values; 200 for smooth-grad, and for each
   * unit of sequential integrated gradients; no limit for methods whose calls are bounded otherwise.
   */
  readonly budget: number | null;
  /** Whether to compute the [T, L] matrix too. */
  readonly tokens: boolean;
  /**
   * Whether a fixed rule takes a forward-mode tangent at each point, about one more forward: it gives a sequence
   * attribution each target token's completeness error, and any attribution its arithmetic floor. `adaptive` needs it.
   */
  readonly perTarget: boolean;
  /** Sampled methods, `resample` and random baselines: integer of 32 bits. */
  readonly seed: number;
  /**
   * Sampled Shapley and Owen values, KernelSHAP, sampled gradients (of the sequence), `resample` (of the mean over its
   * draws): stop when the largest is at most this, nats; null: do not.
   */
  readonly standardError: number | null;
  /** What `standardError` is asked of: the sequence's attributions, or those of every target token. */
  readonly of: "sequence" | "targets";
  /**
   * Scheme `resample`: most draws, ≥ 2, which share the budget evenly; null: 8, or 64 where a standard error is asked for.
   * It is looked at from 16 draws on, every 8.
   */
  readonly draws: number | null;
  /**
   * LIME and context-cite: coalitions to fit; null: 1000 for LIME and 64 for context-cite, as their authors have it. Captum's
   * samplers: its `n_samples`; null: 25. Random baselines: how many, ≥ 2; they share the budget; null: 8.
   */
  readonly samples: number | null;
  /** KernelSHAP: model calls to spend; null: 2 N + 2048, SHAP's own. */
  readonly calls: number | null;
  /** Sampled Shapley and Owen values: most pairs of orders, ≥ 8; null: no limit. */
  readonly pairs: number | null;
  /** Occlusion: neighbouring units taken away at once. */
  readonly window: number;
  /** Occlusion: units from one window to the next, at most `window`. */
  readonly stride: number;
  /**
   * Owen values: the tree is words in sentences (tokens in words in sentences) where units are words (tokens). `groups`
   * keeps these as they are; `halves` splits each group in halves again and again, which takes at most N² calls.
   */
  readonly hierarchy: HierarchyName;
  /** LIME: σ of the kernel; 0.25 is lime's text explainer, 1 Captum's. */
  readonly kernelWidth: number;
  /** LIME: α of the ridge. */
  readonly ridge: number;
  /** context-cite: α of the LASSO, per target token. */
  readonly penalty: number;
  /** context-cite: coalitions to test the fit on. */
  readonly heldOut: number;
  /**
   * context-cite: the scale on which it is linear, the scores or the logits of probabilities (objective `log-prob` alone, and
   * its default there).
   */
  readonly link: LinkName;
  /**
   * Gradient methods: the block whose input is attributed, the residual stream at each position. 0: the embeddings. From 1 on
   * every row has read what is before it, so that all positions of the prompt have their share, frozen ones too.
   */
  readonly layer: number;
  /**
   * integrated-gradients: whether the target's tokens, but for the last, keep their embeddings or come from the baseline as the
   * prompt's do. Where their rows move, also by reading a prompt that does, their share is in the record's `prefix`.
   */
  readonly prefix: PrefixName;
  /** Saliency and smooth-grad: the Euclidean norm of a token's gradient, its sum of magnitudes, or its signed sum. */
  readonly norm: NormName;
  /** smooth-grad, gradient-shap: σ of the noise on each coordinate, relative to the root mean square of what is attributed. */
  readonly noise: number;
  /** discretized-integrated-gradients: nearest words among which the next is chosen. */
  readonly neighbours: number;
  /**
   * discretized-integrated-gradients: the next word is the one that has to be moved least to be monotonic (`greedy`), or the
   * one with most monotonic coordinates.
   */
  readonly strategy: StrategyName;
  /** `special`, `template`, `first`, `token:<id or text>` wherever it stands, or zero-based positions as decimal strings. */
  readonly freeze: readonly string[];
  /** What to measure the attribution by; null: nothing. Other methods' options say nothing to it. */
  readonly metrics: Pick<MetricOptions, "names"> & Partial<MetricOptions> | null;
}

/** The defaults of DESIGN.md. */
export const DEFAULT_OPTIONS: AttributionOptions = {
  method: "integrated-gradients",
  objective: "log-prob",
  // No token is meant by it, and its path is well-conditioned where that from zero is not (models without biases).
  baseline: "mean",
  scheme: "delete",
  units: "tokens",
  targetUnits: "tokens",
  quadrature: "adaptive",
  steps: 50,
  tolerance: 0.01,
  budget: null,
  tokens: false,
  perTarget: true,
  seed: 0,
  standardError: null,
  of: "sequence",
  draws: null,
  samples: null,
  calls: null,
  pairs: null,
  window: 1,
  stride: 1,
  hierarchy: "halves",
  kernelWidth: 0.25,
  ridge: 1,
  penalty: 0.01,
  heldOut: 32,
  link: "logit",
  layer: 0,
  prefix: "fixed",
  norm: "l2",
  noise: 0.1,
  neighbours: 500,
  strategy: "greedy",
  freeze: ["special", "template"],
  metrics: null,
};

const DEFAULT_BUDGETS: Partial<Record<MethodName, number>> = {
  "integrated-gradients": 1000,
  "smooth-grad": 200,
  "smooth-grad-x-input": 200,
  "expected-gradients": 1000,
  "gradient-shap": 1000,
  "shapley-sampled": 1000,
  "owen-sampled": 1000,
};
const DEFAULT_SAMPLES: Partial<Record<MethodName, number>> = {
  "integrated-gradients": 8,
  lime: 1000,
  "context-cite": 64,
  "captum-shapley-sampled": CAPTUM_SAMPLES,
  "captum-kernel-shap": CAPTUM_SAMPLES,
};

/**
 * Options with those of the preset, the defaults of DESIGN.md, and of their method, for whatever is left out.
 *
 * @throws {RangeError} where the preset does not know the method
 */
export function resolveOptions(options: GivenOptions): AttributionOptions {
  const link: LinkName = options.objective === undefined || options.objective === "log-prob" ? "logit" : "identity";
  const all = { ...DEFAULT_OPTIONS, link, ...withPreset(options, DEFAULT_OPTIONS.method) };
  const resamples = all.scheme === "resample" && !isGradientMethod(all.method);
  const draws = resamples ? all.draws ?? (all.standardError === null ? 8 : 64) : all.draws;
  const budget = DEFAULT_BUDGETS[all.method];
  return {
    ...all,
    tokens: all.tokens || all.targetUnits !== "tokens",
    draws,
    // Draws share it.
    budget: all.budget ?? (budget === undefined ? null : resamples ? budget * draws! : budget),
    samples: all.samples ?? DEFAULT_SAMPLES[all.method] ?? null,
  };
}

/** The text that is explained. Options of generation are for where no target is given. */
export interface AttributionText extends TokenSampling {
  /** What the model reads. */
  readonly prompt: string;
  /** The continuation to explain, with its own leading space; without it the model generates `generate` tokens. */
  readonly target?: string;
  /** Objective `contrastive`: another continuation, of any length, whose log-probability is subtracted. */
  readonly alternative?: string;
  /** Most tokens to generate where no target is given. Default 20. */
  readonly generate?: number;
  /** Texts that end a generated target, which ends with the last token that holds nothing of them. */
  readonly stop?: readonly string[];
  /** Whether to put the prompt into the tokenizer's chat template. Default: where there is a `history`. */
  readonly chat?: boolean;
  /** Earlier messages of the chat, a system message first if there is one; the prompt is the user's next. */
  readonly history?: readonly Message[];
}
