import { z } from "npm:zod@4";
import { TEXT_OPTIONS } from "../../explain/options/attribution_text.ts";
import type { JsonLeaf } from "../../explain/options/json_leaf.ts";
import { SEED } from "../../explain/options/value_kind.ts";
import { MOST_ROWS } from "../prompts/bounds.ts";
import { PROMPT_FIELD_NAMES, PROMPT_FIELDS, type PromptField } from "../prompts/prompt_fields.ts";
import type { RowCondition } from "../prompts/row_condition.ts";
import { checkedElsewhere, each, leaf, name, text, wholeNumber } from "./leaf.ts";

/** Options of a prompt that columns give instead. */
const IN_COLUMNS = ["prompt", "target", "alternative", "history", "context"];

const SCALAR: JsonLeaf = { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] };
const ORDERED: JsonLeaf = { anyOf: [{ type: "string" }, { type: "number" }] };
const VALUES: JsonLeaf = { anyOf: [SCALAR, { type: "array", items: SCALAR, minItems: 1 }] };

const CONDITION: JsonLeaf = {
  anyOf: [SCALAR, { type: "array", items: SCALAR, minItems: 1 }, {
    type: "object",
    properties: {
      not: { ...VALUES, description: "none of these" },
      above: { ...ORDERED, description: "greater than this" },
      below: { ...ORDERED, description: "less than this" },
      least: { ...ORDERED, description: "this or greater" },
      most: { ...ORDERED, description: "this or less" },
      contains: { type: "string", pattern: "[\\s\\S]", description: "has this text, or this item of a list" },
      known: { type: "boolean", description: "true: there is a value; false: there is none" },
    },
    required: [],
    additionalProperties: false,
  }],
  description: "a value, a list of values, or a mapping with not, above, below, least, most, contains and known",
};

const ROWS: JsonLeaf = { type: "integer", minimum: 1, maximum: MOST_ROWS };

/** Rows drawn of a file, and the seed of the draw. */
interface Sample {
  readonly rows: number;
  readonly seed?: number;
}

/** A file of prompts, or several of one form, as an experiment names it. */
export interface ParsedSource {
  readonly file: readonly string[];
  readonly name?: string;
  readonly fields?: Readonly<Partial<Record<PromptField, string>>>;
  /** A row must fit all columns of one of these. */
  readonly where?: readonly Readonly<Record<string, RowCondition>>[];
  readonly limit?: number;
  readonly sample?: number | Sample;
  readonly delimiter?: string;
  /** Options of each prompt. */
  readonly [option: string]: unknown;
}

/** Makes the schema of an entry of `prompts` that names files. */
export function sourceSchema() {
  return z.strictObject({
    file: each(FILE, "JSONL, CSV or Parquet, relative to this file, or organization/name:file at the hub"),
    name: name(undefined, "its name in sweeps; the file's where left out").optional(),
    fields: fieldsSchema().optional().describe("the columns of a prompt's parts"),
    where: each(
      z.record(z.string(), leaf<RowCondition>(CONDITION.description!, CONDITION), {
        error: "a mapping of columns to values or comparisons",
      }),
      "the rows that are taken, by column: those that fit all, or all of one mapping of a list",
    ),
    limit: wholeNumber(1, MOST_ROWS, "the first so many rows, of those where").optional(),
    sample: leaf<number | Sample>(
      `a whole number from 1 to ${MOST_ROWS}, or a mapping of rows and seed`,
      {
        anyOf: [ROWS, {
          type: "object",
          properties: { rows: ROWS, seed: SEED.json },
          required: ["rows"],
          additionalProperties: false,
        }],
        description: "so many rows drawn of these; the same seed draws the same",
      },
    ).optional(),
    delimiter: leaf<string>("one character", {
      type: "string",
      pattern: '^[^\\r\\n"]$',
      description: "between the columns of a CSV file; a comma, in .tsv files a tab",
    }).optional(),
    ...constantKeys(),
  }, { error: "a mapping" });
}

/** A name of a file, also by itself in the place of a mapping. */
export const FILE = text("a file of prompts", "a file of prompts: JSONL, CSV or Parquet");

/** Makes the schema of the columns of prompts. */
export function fieldsSchema() {
  const keys = PROMPT_FIELD_NAMES.map((field) => [
    field,
    text(
      "a column's name, or a text with columns in braces",
      `${PROMPT_FIELDS[field].help}: a column, or a text with columns in braces`,
    ).optional(),
  ]);
  return z.strictObject(Object.fromEntries(keys), { error: "a mapping of a prompt's parts to columns" });
}

/** Options that all prompts of a file share; checkText judges their values. */
function constantKeys(): Record<string, z.ZodType> {
  const shared = Object.entries(TEXT_OPTIONS).filter(([key]) => !IN_COLUMNS.includes(key));
  return Object.fromEntries(
    shared.map(([key, { kind, help }]) => [key, checkedElsewhere({ ...kind.json, description: help }).optional()]),
  );
}

/** Returns the options that all prompts of a file share. */
export function sharedOptions(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shared = Object.entries(source)
    .filter(([key, value]) => Object.hasOwn(TEXT_OPTIONS, key) && !IN_COLUMNS.includes(key) && value !== undefined);
  return Object.fromEntries(shared);
}
