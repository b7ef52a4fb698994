import { type OwnBaseline, readOwnBaseline } from "../own/own_baseline.ts";
import { ownText } from "../own/own_name.ts";
import { EMBEDDING_WORDS, type EmbeddingName, embeddingText, readEmbeddingName, TOKEN_FORM } from "./embedding_name.ts";
import type { JsonLeaf } from "./json_leaf.ts";
import type { ValueKind } from "./value_kind.ts";

/** A start of a path that is not drawn: a row for every token, or another prompt of as many tokens. */
export type SingleBaseline =
  | EmbeddingName
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "own" } & OwnBaseline);

/** The start of a path: one place, or several that the attribution is averaged over. */
export type Baseline = SingleBaseline | AveragedBaseline;

/** The mean over a list, over random tokens of the vocabulary, or over the prompt's own in random orders. */
export type AveragedBaseline = DrawnBaseline | {
  readonly kind: "samples";
  readonly samples: readonly SingleBaseline[];
};

/** Baselines that are drawn anew. */
export type DrawnBaseline = { readonly kind: "random" | "shuffle" };

/** A baseline that is not drawn, as a configuration has it. */
export type SingleBaselineText = typeof EMBEDDING_WORDS[number] | `token:${string}` | `text:${string}`;

/** A baseline as a configuration has it; `samples:` is followed by a JSON list of baselines that are not drawn. */
export type BaselineText =
  | SingleBaselineText
  | DrawnBaseline["kind"]
  | `samples:${string}`
  | { readonly samples: readonly SingleBaselineText[] };

const DRAWN = ["random", "shuffle"] as const;
const SAMPLES = "samples:";
const TEXT_FORM = "text:<prompt of as many tokens>";
const SINGLE_TEXT: JsonLeaf = { type: "string", pattern: "^(token|text):[\\s\\S]" };
const SINGLE: JsonLeaf = { anyOf: [{ enum: EMBEDDING_WORDS }, SINGLE_TEXT] };

/** Baselines of methods that may average over several. */
export const BASELINE: ValueKind<Baseline, BaselineText | OwnBaseline> = {
  expectation: `${[...EMBEDDING_WORDS, ...DRAWN].join(", ")}, ${TEXT_FORM}, ${TOKEN_FORM} or ` +
    "samples:<list of these, none of them drawn>",
  json: {
    anyOf: [{ enum: [...EMBEDDING_WORDS, ...DRAWN] }, SINGLE_TEXT, {
      type: "object",
      properties: { samples: { type: "array", minItems: 2, items: SINGLE } },
      required: ["samples"],
      additionalProperties: false,
      description: "the average over a list of baselines",
    }],
  },
  placeholder: "NAME",
  example: "mean",
  read: readBaseline,
  argument: (text) => text,
  write: baselineText,
};

/** Baselines of methods whose paths start at one place. */
export const SINGLE_BASELINE: ValueKind<SingleBaseline, SingleBaselineText | OwnBaseline> = {
  expectation: `a baseline that is not drawn: ${EMBEDDING_WORDS.join(", ")}, ${TEXT_FORM} or ${TOKEN_FORM}`,
  json: SINGLE,
  placeholder: "NAME",
  example: "mean",
  read: (given) => readOwnBaseline(given) ?? readSingleBaseline(given),
  argument: (text) => text,
  write: baselineText,
};

/** True if the attribution is the mean over several baselines. */
export function isAveraged(baseline: Baseline): baseline is AveragedBaseline {
  return baseline.kind === "samples" || isDrawn(baseline);
}

/** True if the baseline takes random numbers. */
export function isDrawn({ kind }: Baseline): boolean {
  return kind === "random" || kind === "shuffle";
}

/** Writes a baseline as a record has it: its name, a list as JSON. */
function baselineText(baseline: Baseline): string {
  switch (baseline.kind) {
    case "random":
    case "shuffle":
      return baseline.kind;
    case "text":
      return `text:${baseline.text}`;
    case "own":
      return ownText(baseline);
    case "samples":
      return SAMPLES + JSON.stringify(baseline.samples.map(baselineText));
    default:
      return embeddingText(baseline);
  }
}

/** Reads a baseline that is not drawn; returns undefined for anything else. */
export function readSingleBaseline(given: unknown): SingleBaseline | undefined {
  if (typeof given !== "string") return undefined;
  return /^text:./su.test(given) ? { kind: "text", text: given.slice("text:".length) } : readEmbeddingName(given);
}

function readBaseline(given: unknown): Baseline | undefined {
  if (typeof given === "object" && given !== null && Object.keys(given).join() === "samples") {
    return readSamples((given as { samples: unknown }).samples);
  }
  if (typeof given !== "string") return readOwnBaseline(given);
  const kind = DRAWN.find((word) => word === given);
  if (kind !== undefined) return { kind };
  return given.startsWith(SAMPLES) ? readSamples(listIn(given.slice(SAMPLES.length))) : readSingleBaseline(given);
}

function readSamples(given: unknown): Baseline | undefined {
  if (!Array.isArray(given) || given.length < 2) return undefined;
  const samples = given.map(readSingleBaseline);
  return samples.every((one) => one !== undefined) ? { kind: "samples", samples } : undefined;
}

function listIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
