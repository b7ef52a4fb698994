import { z } from "npm:zod@4";
import { LINK_NAMES } from "../ablation/link.ts";
import { OBJECTIVE_NAMES } from "../attribution/objectives/objective.ts";
import { PRESET_NAMES } from "./preset.ts";
import { ERRORS_OF, HIERARCHIES, isUnits, METHODS, QUADRATURES, SCHEME_WORDS, UNIT_WORDS } from "./request.ts";

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
/** Seeds are integers of 32 bits. */
const MOST_SEED = 2 ** 32 - 1;

/** Beside the message, an issue may carry the words that were possible. */
export interface IssueParams {
  readonly candidates?: readonly string[];
}

/** A leaf value: the predicate, and the expectation that an error states. */
function leaf<T>(expectation: string, check: (value: unknown) => boolean, params: IssueParams = {}) {
  return z.custom<T>(check, { error: expectation, params: { ...params } });
}

function oneOf<T extends string>(words: readonly T[]) {
  return leaf<T>(`one of ${words.join(", ")}`, (value) => (words as readonly unknown[]).includes(value), {
    candidates: words,
  });
}

function wholeNumber(least: number, most: number) {
  const check = (value: unknown) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return leaf<number>(`a whole number from ${least} to ${most}`, check);
}

/** A word, or `token:` (or `text:`) with something behind it. */
function wordOrToken(words: readonly string[], { orText = false } = {}) {
  const prefixed = orText ? /^(token|text):./su : /^token:./su;
  const check = (value: unknown) => typeof value === "string" && (words.includes(value) || prefixed.test(value));
  const forms = orText ? "text:<prompt of as many tokens> or token:<id or text>" : "or token:<id or text>";
  return leaf<string>(`${words.join(", ")}${orText ? "," : ""} ${forms}`, check, { candidates: words });
}

const above0 = leaf<number>(
  "a number above 0",
  (value) => typeof value === "number" && value > 0 && value < Infinity,
);
const notNegative = leaf<number>(
  "a number of at least 0",
  (value) => typeof value === "number" && value >= 0 && value < Infinity,
);
const units = leaf<string>(`${UNIT_WORDS.join(", ")} or template:<text with {slots}>`, isUnits, {
  candidates: UNIT_WORDS,
});

/** A value or a list of values; the sweep takes each. */
function each<T extends z.ZodType>(item: T) {
  const list = z.array(item).min(1, { error: "a list of at least one value" });
  return z.preprocess((value) => value === undefined || Array.isArray(value) ? value : [value], list.optional());
}

const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const isName = (value: unknown) => typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value);
const NAME = "a name of letters, digits, dots, dashes and underscores";

const trueOrFalse = leaf<boolean>("true or false", (value) => typeof value === "boolean");

const FREEZE_WORDS = ["special", "template", "first"];
const isFrozenItem = (value: unknown) =>
  FREEZE_WORDS.includes(value as string) ||
  /^(0|[1-9]\d*|token:.+)$/su.test(String(value)) && typeof value !== "object";
const isFreezeList = (value: unknown) => Array.isArray(value) && value.every(isFrozenItem);

const freeze = leaf<unknown>(
  "special, template, first, token:<id or text> or positions from 0, as one list or as a list of lists",
  (value) =>
    isFrozenItem(value) || isFreezeList(value) ||
    Array.isArray(value) && value.length > 0 && value.every(isFreezeList),
);

const prompt = z.strictObject({
  name: leaf<string>(NAME, isName),
  prompt: leaf<string>("a text that is not empty", isText),
  target: leaf<string>("a text that is not empty", isText).optional(),
  alternative: leaf<string>("a text that is not empty", isText).optional(),
  generate: wholeNumber(1, MOST_GENERATED).optional(),
  chat: trueOrFalse.optional(),
}, { error: "a mapping" });

const sweep = z.strictObject({
  method: oneOf(METHODS),
  preset: oneOf(PRESET_NAMES).optional(),
  prompts: each(leaf<string>("the name of a prompt", isName)),
  objective: each(oneOf(OBJECTIVE_NAMES)),
  baseline: each(wordOrToken(["zero", "mean", "eos", "pad", "random", "shuffle"], { orText: true })),
  scheme: each(wordOrToken(SCHEME_WORDS)),
  units: each(units),
  quadrature: each(oneOf(QUADRATURES)),
  steps: each(wholeNumber(1, MOST_STEPS)),
  tolerance: each(above0),
  budget: each(wholeNumber(2, MOST_CALLS)),
  tokens: each(trueOrFalse),
  perTarget: each(trueOrFalse),
  seed: each(wholeNumber(0, MOST_SEED)),
  standardError: each(above0),
  of: each(oneOf(ERRORS_OF)),
  draws: each(wholeNumber(2, MOST_CALLS)),
  samples: each(wholeNumber(2, MOST_CALLS)),
  calls: each(wholeNumber(2, MOST_CALLS)),
  pairs: each(wholeNumber(8, MOST_CALLS)),
  window: each(wholeNumber(1, MOST_CALLS)),
  stride: each(wholeNumber(1, MOST_CALLS)),
  hierarchy: each(oneOf(HIERARCHIES)),
  kernelWidth: each(above0),
  ridge: each(above0),
  penalty: each(notNegative),
  heldOut: each(wholeNumber(0, MOST_CALLS)),
  link: each(oneOf(LINK_NAMES)),
  freeze: freeze.optional(),
}, { error: "a mapping" });

/** The shape of an experiment's YAML; what depends on several keys at once is checked in config.ts. */
export const EXPERIMENT_SCHEMA = z.strictObject({
  name: leaf<string>(NAME, isName),
  question: leaf<string>("the question that the experiment asks", isText),
  model: each(leaf<string>("embedded, a directory, a .gguf file or a hub id", isText)),
  quantize: each(oneOf(QUANTIZATIONS)),
  device: oneOf(DEVICES).optional(),
  prompts: z.array(prompt, { error: "a list of prompts" }).min(1, { error: "a list of at least one prompt" }),
  sweeps: z.array(sweep, { error: "a list of sweeps" }).min(1, { error: "a list of at least one sweep" }),
}, { error: "a mapping with the keys name, question, model, prompts and sweeps" });

/** Known keys by the path's last named step: the root, `prompts` or `sweeps`. */
export const KNOWN_KEYS: Record<"" | "prompts" | "sweeps", readonly string[]> = {
  "": Object.keys(EXPERIMENT_SCHEMA.shape),
  prompts: Object.keys(prompt.shape),
  sweeps: Object.keys(sweep.shape),
};

/** What the schema lets through. */
export type ParsedExperiment = z.infer<typeof EXPERIMENT_SCHEMA>;
/** One of its sweeps. */
export type ParsedSweep = ParsedExperiment["sweeps"][number];
