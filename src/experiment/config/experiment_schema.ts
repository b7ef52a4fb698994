import { z } from "npm:zod@4";
import { LINK_NAMES } from "../../perturbation/link.ts";
import { OBJECTIVE_NAMES } from "../../attribution/objectives/objective.ts";
import { BASELINE_FORMS, BASELINE_WORDS, SAMPLE_WORDS } from "../../explain/options/baseline_name.ts";
import { NORMS, PREFIXES, STRATEGIES } from "../../explain/options/gradient_options.ts";
import { PRESET_NAMES } from "../../explain/options/preset.ts";
import { above0, each, type JsonLeaf, leaf, name, notNegative, oneOf, text, trueOrFalse } from "./leaf.ts";
import { wholeNumber, wordOrPrefixed } from "./leaf.ts";
import {
  DEFAULT_METRICS,
  METRIC_NAMES,
  type MetricName,
  type MetricOptions,
} from "../../explain/options/metric_options.ts";
import { SWEEP_OPTIONS } from "../../explain/options/relevance.ts";
import {
  ERRORS_OF,
  HIERARCHIES,
  METHODS,
  QUADRATURES,
  SCHEME_WORDS,
} from "../../explain/options/attribution_options.ts";
import type { Cause } from "../findings/truth.ts";
import {
  TARGET_UNIT_FORMS,
  TARGET_UNIT_WORDS,
  UNIT_FORMS,
  UNIT_PATTERN,
  UNIT_WORDS,
} from "../../explain/options/unit_names.ts";

/** What is drawn. */
export const PLOT_CHOICES = ["cells", "summary"] as const;
/** Devices that a configuration may ask for. */
export const DEVICES = ["auto", "webgpu", "reference"] as const;
/** Quantizations at load. */
export const QUANTIZATIONS = ["none", "nf4"] as const;
/** More path points than this are a slip of the keyboard. */
const MOST_STEPS = 100_000;
/** Longer continuations than this are not explained. */
const MOST_GENERATED = 4096;
/** Model calls, samples and units beyond it are a slip as well. */
const MOST_CALLS = 10_000_000;
/** What cells may differ in when they are compared. */
export const COMPARED_KEYS = ["model", "quantize", "method", ...SWEEP_OPTIONS] as const;
/** No decoder has as many blocks. */
const MOST_LAYERS = 1000;
/** Seeds are integers of 32 bits. */
const MOST_SEED = 2 ** 32 - 1;

const TOKEN = "or token:<id or text>";
const calls = (least: number, description?: string) => wholeNumber(least, MOST_CALLS, description);

/** A mean over draws is no way to score a single coalition. */
const METRIC_SCHEMES = SCHEME_WORDS.filter((word) => word !== "resample");
const SCHEME: JsonLeaf = { anyOf: [{ enum: METRIC_SCHEMES }, { type: "string", pattern: "^token:[\\s\\S]" }] };

const FROZEN: JsonLeaf = {
  anyOf: [
    { enum: ["special", "template", "first"] },
    { type: "integer", minimum: 0 },
    { type: "string", pattern: "^(0|[1-9]\\d*|token:[\\s\\S]+)$" },
  ],
};
const FROZEN_LIST: JsonLeaf = { type: "array", items: FROZEN };

const freeze = leaf<unknown>(
  "special, template, first, token:<id or text> or positions from 0, as one list or as a list of lists",
  {
    anyOf: [FROZEN, FROZEN_LIST, { type: "array", minItems: 1, items: FROZEN_LIST }],
    description: "tokens that keep their embedding and get no attribution; a list of lists is swept",
  },
);

const SAMPLE: JsonLeaf = { anyOf: [{ enum: SAMPLE_WORDS }, { type: "string", pattern: "^(token|text):[\\s\\S]" }] };
const baseline = leaf<string | { samples: string[] }>(BASELINE_FORMS, {
  anyOf: [
    { enum: BASELINE_WORDS },
    { type: "string", pattern: "^(token|text):[\\s\\S]" },
    {
      type: "object",
      properties: { samples: { type: "array", minItems: 2, items: SAMPLE } },
      required: ["samples"],
      additionalProperties: false,
      description: "the average over a list of baselines",
    },
  ],
});
const unitsJson = (words: readonly string[]): JsonLeaf => ({
  anyOf: [{ enum: words }, { type: "string", pattern: UNIT_PATTERN }],
});

const METRIC_LIST: JsonLeaf = { type: "array", items: { enum: METRIC_NAMES }, minItems: 1 };
const metrics = leaf<MetricName[] | Pick<MetricOptions, "names"> & Partial<MetricOptions>>(
  `a list of ${METRIC_NAMES.join(", ")}, or a mapping with these as names and ${
    Object.keys(DEFAULT_METRICS).join(", ")
  }`,
  {
    anyOf: [METRIC_LIST, {
      type: "object",
      properties: {
        names: METRIC_LIST,
        scheme: { ...SCHEME, description: "what takes the place of a unit" },
        orders: { type: "integer", minimum: 2, maximum: MOST_CALLS, description: "random orders to compare with" },
        samples: { type: "integer", minimum: 2, maximum: MOST_CALLS, description: "coalitions of the infidelity" },
        perturbations: { type: "integer", minimum: 1, maximum: MOST_CALLS, description: "inputs of the sensitivity" },
        radius: { type: "number", exclusiveMinimum: 0, description: "largest change of a coordinate" },
        seed: { type: "integer", minimum: 0, maximum: MOST_SEED },
      },
      required: ["names"],
      additionalProperties: false,
    }],
    description: "what to measure each attribution by (docs/metrics.md); this list is not swept",
  },
);

const CAUSES: JsonLeaf = {
  anyOf: [
    { type: "string", pattern: "\\S", description: "a text that the prompt has once" },
    {
      type: "array",
      items: { type: "integer", minimum: 0 },
      minItems: 2,
      maxItems: 2,
      description: "from and behind which UTF-16 unit of the prompt",
    },
  ],
};
const truth = leaf<(Cause | { target: string; causes: Cause[] })[]>(
  "a list of causes, texts or [start, end], or of mappings with target and causes",
  {
    type: "array",
    minItems: 1,
    items: {
      anyOf: [CAUSES, {
        type: "object",
        properties: {
          target: { type: "string", pattern: "\\S", description: "the part of the target that they cause" },
          causes: { type: "array", minItems: 1, items: CAUSES },
        },
        required: ["target", "causes"],
        additionalProperties: false,
      }],
    },
    description: "what is known to have caused the target, or parts of it: attributions are held against it",
  },
);

const history = leaf<{ role: "system" | "user" | "assistant"; content: string }[]>(
  "a list of messages, each with a role (system, user or assistant) and content",
  {
    type: "array",
    minItems: 1,
    items: {
      type: "object",
      properties: { role: { enum: ["system", "user", "assistant"] }, content: { type: "string" } },
      required: ["role", "content"],
      additionalProperties: false,
    },
    description: "earlier messages of the chat; the prompt is the user's next",
  },
);

const topP = leaf<number>("a number above 0, at most 1", {
  type: "number",
  exclusiveMinimum: 0,
  maximum: 1,
  description: "draw from the fewest likeliest tokens that have more than so much of the probability",
});
const stop = leaf<string[]>("a list of texts that are not empty", {
  type: "array",
  items: { type: "string", pattern: "[\\s\\S]" },
  description: "end the generated target before these texts",
});

const prompt = z.strictObject({
  name: name(undefined, "what sweeps, files and tables call it"),
  prompt: text(undefined, "what the model reads"),
  target: text(undefined, "the continuation to explain, with its own leading space").optional(),
  alternative: text(undefined, "what the objective contrastive compares the target with").optional(),
  generate: wholeNumber(1, MOST_GENERATED, "explain what the model generates, at most so many tokens").optional(),
  temperature: above0("draw tokens, from the logits divided by it").optional(),
  topK: calls(1, "draw from so many likeliest tokens").optional(),
  topP: topP.optional(),
  repetitionPenalty: above0("divides positive logits of tokens that were there before, multiplies negative ones")
    .optional(),
  seed: wholeNumber(0, MOST_SEED, "of the draws").optional(),
  stop: stop.optional(),
  truth: truth.optional(),
  chat: trueOrFalse("put the prompt into the model's chat template; the template's tokens are frozen").optional(),
  history: history.optional(),
}, { error: "a mapping" });

const sweep = z.strictObject({
  method: oneOf(METHODS, "how the attribution is computed (docs/methods.md)"),
  preset: oneOf(PRESET_NAMES, "other software's definitions, as defaults for whatever is left out").optional(),
  prompts: each(name("the name of a prompt"), "prompts of this sweep; all where left out"),
  objective: each(oneOf(OBJECTIVE_NAMES), "what is explained: F, of each target token or of the sequence"),
  baseline: each(baseline, "gradient methods along a path: where it starts"),
  scheme: each(wordOrPrefixed(SCHEME_WORDS, ["token"], TOKEN), "perturbation methods: what takes a unit's place"),
  units: each(
    leaf<string>(UNIT_FORMS, unitsJson(UNIT_WORDS)),
    "what is taken away as one, or what gradient methods are summed over",
  ),
  targetUnits: each(
    leaf<string>(TARGET_UNIT_FORMS, unitsJson(TARGET_UNIT_WORDS)),
    "units of the target: what rows of the matrix, which others than tokens imply, are summed over",
  ),
  quadrature: each(oneOf(QUADRATURES), "integrated gradients: the rule along the path; adaptive is certified"),
  steps: each(
    wholeNumber(1, MOST_STEPS),
    "path points of a fixed rule; words on the way of discretized integrated gradients",
  ),
  tolerance: each(above0(), "the certificate that adaptive reaches for"),
  budget: each(calls(2), "most path points of adaptive and sampled gradients, or model calls of a perturbation method"),
  tokens: each(trueOrFalse(), "gradient methods: the matrix of target by prompt tokens too"),
  perTarget: each(trueOrFalse(), "fixed rules: each target token's own error and the arithmetic floor"),
  seed: each(wholeNumber(0, MOST_SEED), "of sampled methods and random baselines"),
  standardError: each(
    above0(),
    "sampled gradients, Shapley and Owen values, KernelSHAP: when to stop, in the unit of the objective",
  ),
  of: each(oneOf(ERRORS_OF), "what the standard error is asked of"),
  draws: each(calls(2), "scheme resample: tokens drawn in the units' place, so many times"),
  samples: each(calls(2), "LIME, context-cite: coalitions to fit; random baselines: how many"),
  calls: each(calls(2), "KernelSHAP: model calls; 2 × units + 2048 where left out"),
  pairs: each(calls(8), "sampled Shapley and Owen values: most pairs of orders"),
  window: each(calls(1), "occlusion: neighbouring units taken away at once"),
  stride: each(calls(1), "occlusion: units from one window to the next"),
  hierarchy: each(oneOf(HIERARCHIES), "Owen values: groups of words in sentences, or halves of these"),
  kernelWidth: each(above0(), "LIME: σ of the kernel"),
  ridge: each(above0(), "LIME: α of the ridge"),
  penalty: each(notNegative(), "context-cite: α of the LASSO"),
  heldOut: each(calls(0), "context-cite: coalitions to test the fit on"),
  link: each(oneOf(LINK_NAMES), "context-cite: the scale on which it is linear"),
  layer: each(wholeNumber(0, MOST_LAYERS), "gradient methods: the block whose input is attributed; 0 the embeddings"),
  prefix: each(oneOf(PREFIXES), "integrated gradients: what the target's own tokens do along the path"),
  norm: each(oneOf(NORMS), "saliency, smooth-grad: how a token's partial derivatives become one number"),
  noise: each(above0(), "smooth-grad, gradient-shap: σ relative to the root mean square of what is attributed"),
  neighbours: each(calls(1), "discretized integrated gradients: nearest words among which the next is chosen"),
  strategy: each(oneOf(STRATEGIES), "discretized integrated gradients: how the next word is chosen"),
  freeze: freeze.optional(),
  metrics: metrics.optional(),
}, { error: "a mapping" });

const SETTING: JsonLeaf = { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] };
const compare = z.strictObject({
  name: name(undefined, "what tables and files call it"),
  across: each(oneOf(COMPARED_KEYS), "cells that differ in nothing else, and in what depends on it, are compared"),
  reference: leaf<Record<string, string | number | boolean>>(
    `a mapping of ${COMPARED_KEYS.join(", ")} to a value`,
    {
      type: "object",
      properties: Object.fromEntries(COMPARED_KEYS.map((key) => [key, SETTING])),
      required: [],
      additionalProperties: false,
      description: "what the one cell has that all others are compared with; each pair where left out",
    },
  ).optional(),
  top: wholeNumber(1, MOST_CALLS, "k of the top-k overlap; a quarter of the units where left out").optional(),
}, { error: "a mapping" });

/** The shape of an experiment's YAML; what depends on several keys at once is checked in consistency.ts. */
export const EXPERIMENT_SCHEMA = z.strictObject({
  name: name(undefined, "of the experiment and its results"),
  question: text("the question that the experiment asks", "what the experiment is to answer"),
  model: each(
    text("embedded, a directory, a .gguf file or a hub id"),
    "embedded, a directory, a .gguf file or a hub id",
  ),
  quantize: each(oneOf(QUANTIZATIONS), "what the block's linear layers are quantized to at load"),
  device: oneOf(DEVICES, "webgpu, reference (f64 on the CPU), or auto").optional(),
  prompts: z.array(prompt, { error: "a list of prompts" }).min(1, { error: "a list of at least one prompt" }),
  sweeps: z.array(sweep, { error: "a list of sweeps" }).min(1, { error: "a list of at least one sweep" }),
  compare: z.array(compare, { error: "a list of comparisons" }).optional().describe("how far attributions agree"),
  plots: oneOf(PLOT_CHOICES, "cells: a figure for each cell too (usual); summary: only those of the whole").optional(),
}, { error: "a mapping with the keys name, question, model, prompts and sweeps" });

/** Known keys by the path's last named step: the root, `prompts`, `sweeps` or `compare`. */
export const KNOWN_KEYS: Record<"" | "prompts" | "sweeps" | "compare", readonly string[]> = {
  "": Object.keys(EXPERIMENT_SCHEMA.shape),
  prompts: Object.keys(prompt.shape),
  sweeps: Object.keys(sweep.shape),
  compare: Object.keys(compare.shape),
};

/** What the schema lets through. */
export type ParsedExperiment = z.infer<typeof EXPERIMENT_SCHEMA>;
/** One of its sweeps. */
export type ParsedSweep = ParsedExperiment["sweeps"][number];
/** One of its prompts. */
export type ParsedPrompt = ParsedExperiment["prompts"][number];
/** One of its comparisons. */
export type ParsedComparison = NonNullable<ParsedExperiment["compare"]>[number];
