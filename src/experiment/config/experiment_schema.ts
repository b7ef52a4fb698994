import { z } from "npm:zod@4";
import { declarationsOf, optionNames } from "../../explain/methods/option_order.ts";
import { methodNames } from "../../explain/methods/method_table.ts";
import { TEXT_OPTIONS } from "../../explain/options/attribution_text.ts";
import { MOST_CALLS } from "../../explain/options/bounds.ts";
import type { JsonLeaf } from "../../explain/options/json_leaf.ts";
import { PRESET_NAMES } from "../../explain/options/preset.ts";
import { type Device, DEVICES, QUANTIZATIONS } from "../../model/load/load_options.ts";
import type { Quantize } from "../../model/load/load_weights.ts";
import { comparedKeys } from "../compared_keys.ts";
import { checkedElsewhere, each, leaf, name, oneOf, text, wholeNumber } from "./leaf.ts";
import { TRUTH } from "./truth_schema.ts";
import { fieldsSchema, FILE, type ParsedSource, sourceSchema } from "./source_schema.ts";

/** Figures to draw; the first is usual. */
export const PLOT_CHOICES = ["prompts", "cells", "summary"] as const;

/** Options of which a sweep has one value, a list though it is. */
const WHOLE = ["freeze", "metrics"];

/** The keys of a prompt that say what is explained; checkText judges their values. */
function textKeys() {
  const { prompt: { kind, help }, ...options } = TEXT_OPTIONS;
  const others = Object.fromEntries(
    Object.entries(options).map((
      [key, { kind, help }],
    ) => [key, checkedElsewhere({ ...kind.json, description: help })]),
  );
  const optional = Object.entries(others).map(([key, value]) => [key, value.optional()]);
  const prompt = leaf<string>(kind.expectation, { ...kind.json, description: help });
  return { prompt, ...Object.fromEntries(optional) } as Record<string, z.ZodType>;
}

/** The keys of a sweep that are options; checkOptions judges their values. */
function optionKeys() {
  return Object.fromEntries(
    optionNames().map((key) => {
      const declared = declarationsOf(key);
      const description = [...new Set(declared.map(({ help }) => help))].join("; or ");
      if (key === "freeze") return [key, checkedElsewhere(freezeJson(declared[0].kind.json, description)).optional()];
      const value = checkedElsewhere(widest(declared.map(({ kind }) => kind.json)));
      return [key, WHOLE.includes(key) ? value.optional().describe(description) : each(value, description)];
    }),
  ) as Record<string, z.ZodType>;
}

/** A list, one of its items, or a list of lists, which is swept. */
function freezeJson(list: JsonLeaf, help: string): JsonLeaf {
  const item = (list as Extract<JsonLeaf, { type: "array" }>).items;
  const description = `${help}; a list of lists is swept`;
  return { anyOf: [item, list, { type: "array", minItems: 1, items: list }], description };
}

/** Methods may have other bounds of one option. */
function widest(all: readonly JsonLeaf[]): JsonLeaf {
  const different = [...new Map(all.map((json) => [JSON.stringify(json), json])).values()];
  return different.length === 1 ? different[0] : { anyOf: different };
}

function promptSchema() {
  return z.strictObject({
    name: name(undefined, "its name in sweeps, files and tables"),
    ...textKeys(),
    truth: TRUTH.optional(),
  }, { error: "a mapping" });
}

function sweepSchema() {
  return z.strictObject({
    method: checkedElsewhere({
      anyOf: [{ enum: methodNames() }, { type: "array", items: { enum: methodNames() }, minItems: 1 }],
      description: "how the attribution is computed (docs/methods.md); of a list, each with the options that it has",
    }, `one of ${methodNames().join(", ")}`),
    preset: checkedElsewhere({
      enum: PRESET_NAMES,
      description: "definitions of other software, as defaults for whatever is left out",
    }).optional(),
    prompts: each(name("the name of a prompt"), "prompts of this sweep, or files of them; all where left out"),
    ...optionKeys(),
  }, { error: "a mapping" });
}

const SETTING: JsonLeaf = { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] };

function comparisonSchema() {
  const keys = comparedKeys() as [string, ...string[]];
  return z.strictObject({
    name: name(undefined, "its name in tables and files"),
    across: each(oneOf(keys), "cells that differ in nothing else, and in what depends on it, are compared"),
    reference: leaf<Record<string, string | number | boolean>>(`a mapping of ${keys.join(", ")} to a value`, {
      type: "object",
      properties: Object.fromEntries(keys.map((key) => [key, SETTING])),
      required: [],
      additionalProperties: false,
      description: "the values of the one cell that all others are compared with; each pair where left out",
    }).optional(),
    top: wholeNumber(1, MOST_CALLS, "k of the top-k overlap; a quarter of the units where left out").optional(),
  }, { error: "a mapping" });
}

/**
 * Makes the schema of an experiment's YAML, with a key for every option of every method. Values of options are judged
 * by the options' own declarations, and relations between keys in consistency.ts.
 */
export function experimentSchema() {
  return z.strictObject({
    name: name(undefined, "of the experiment and its results"),
    question: text("the question that the experiment asks", "what the experiment is to answer").optional(),
    model: each(
      text("embedded, chains, a directory, a .gguf file or a hub id"),
      "embedded, chains, a directory, a .gguf file or a hub id",
    ),
    quantize: each(oneOf(QUANTIZATIONS), "what the block's linear layers are quantized to at load"),
    device: oneOf(DEVICES, "webgpu, cpu, reference (f64), or auto: a GPU if one answers, else the CPU").optional(),
    prompts: promptsSchema(),
    sweeps: z.array(sweepSchema(), { error: "a list of sweeps" }).min(1, { error: "a list of at least one sweep" }),
    compare: z.array(comparisonSchema(), { error: "a list of comparisons" }).optional()
      .describe("how far attributions agree"),
    plots: oneOf(
      PLOT_CHOICES,
      "prompts: those of the whole, and the most trustworthy cell of each prompt (usual); cells: those of every cell; " +
        "summary: only those of the whole",
    ).optional(),
  }, { error: "a mapping with the keys name, question, model, prompts and sweeps" });
}

/** Prompts, files of prompts, or both; one stands for a list of one. */
function promptsSchema() {
  const list = z.array(z.union([FILE, sourceSchema(), promptSchema()]), { error: "a list of prompts" })
    .min(1, { error: "a list of at least one prompt" });
  return z.preprocess((value) => value === undefined || Array.isArray(value) ? value : [value], list)
    .describe("prompts, and files of prompts");
}

/** Returns the known keys by the path's last named step: the root, `prompts`, `fields`, `sweeps` or `compare`. */
export function knownKeys(step: string, isSource: boolean): readonly string[] {
  const shape = {
    prompts: () => (isSource ? sourceSchema() : promptSchema()).shape,
    fields: () => fieldsSchema().shape,
    sweeps: () => sweepSchema().shape,
    compare: () => comparisonSchema().shape,
  }[step] ?? (() => experimentSchema().shape);
  return Object.keys(shape());
}

/** An experiment as its YAML has it. */
export interface ParsedExperiment {
  readonly name: string;
  readonly question?: string;
  readonly model?: readonly string[];
  readonly quantize?: readonly Quantize[];
  readonly device?: Device;
  readonly prompts: readonly (ParsedPrompt | ParsedSource)[];
  readonly sweeps: readonly ParsedSweep[];
  readonly compare?: readonly ParsedComparison[];
  readonly plots?: typeof PLOT_CHOICES[number];
}

/** One of its prompts: `TEXT_OPTIONS` beside these. */
export interface ParsedPrompt {
  readonly name: string;
  readonly file?: undefined;
  readonly truth?: z.infer<typeof TRUTH>;
  readonly [option: string]: unknown;
}

/** One of its sweeps, by one method: a list of values of each option beside these, but for `freeze` and `metrics`. */
export interface ParsedSweep {
  readonly method: string;
  readonly preset?: string;
  readonly prompts?: readonly string[];
  readonly [option: string]: unknown;
}

/** One of its comparisons. */
export type ParsedComparison = z.infer<ReturnType<typeof comparisonSchema>>;
