import { z } from "npm:zod@4";

/**
 * What a value may be, as JSON Schema says it; of that language only what leaves of a configuration need. Patterns are
 * searched for anywhere in the text, with the flag u.
 */
export type JsonLeaf =
  & { readonly description?: string; readonly default?: unknown }
  & (
    | { readonly anyOf: readonly JsonLeaf[] }
    | { readonly enum: readonly string[] }
    | { readonly type: "boolean" }
    | { readonly type: "string"; readonly pattern?: string }
    | {
      readonly type: "number" | "integer";
      readonly minimum?: number;
      readonly exclusiveMinimum?: number;
      readonly maximum?: number;
    }
    | { readonly type: "array"; readonly items: JsonLeaf; readonly minItems?: number; readonly maxItems?: number }
    | {
      readonly type: "object";
      readonly properties: Readonly<Record<string, JsonLeaf>>;
      readonly required: readonly string[];
      readonly additionalProperties: false;
    }
  );

/** Beside the message, an issue may carry the words that were possible. */
export interface IssueParams {
  readonly candidates?: readonly string[];
}

/** What each leaf was made of, for the JSON Schema of the whole (json_schema.ts). */
const LEAVES = new WeakMap<object, JsonLeaf>();

/**
 * A value of a configuration. Its JSON Schema is both what is checked here and what editors are told, so that the two cannot
 * differ. To add an option to a sweep: `name: each(leaf, "what it does")` in schema.ts with one of the leaves below, then
 * `deno task schema`.
 *
 * @param expectation what an error states: `expected <expectation>, got …`
 */
export function leaf<T>(expectation: string, json: JsonLeaf) {
  const candidates = wordsOf(json);
  const made = z.custom<T>((value) => accepts(json, value), {
    error: expectation,
    params: candidates.length === 0 ? {} : { candidates },
  });
  LEAVES.set(made, json);
  return made;
}

/** The JSON Schema that a leaf was made of; undefined for anything else. */
export function jsonOf(schema: object): JsonLeaf | undefined {
  return LEAVES.get(schema);
}

/** Whether a value is what a leaf's JSON Schema allows. */
export function accepts(json: JsonLeaf, value: unknown): boolean {
  if ("anyOf" in json) return json.anyOf.some((choice) => accepts(choice, value));
  if ("enum" in json) return (json.enum as readonly unknown[]).includes(value);
  switch (json.type) {
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string" && new RegExp(json.pattern ?? "", "u").test(value);
    case "integer":
    case "number": {
      const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity } = json;
      const isNumber = json.type === "integer" ? Number.isInteger(value) : Number.isFinite(value);
      return isNumber && value as number >= minimum && value as number > exclusiveMinimum && value as number <= maximum;
    }
    case "array": {
      const { items, minItems = 0, maxItems = Infinity } = json;
      return Array.isArray(value) && value.length >= minItems && value.length <= maxItems &&
        value.every((item) => accepts(items, item));
    }
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) &&
        json.required.every((key) => Object.hasOwn(value, key)) &&
        Object.entries(value).every(([key, child]) =>
          Object.hasOwn(json.properties, key) && accepts(json.properties[key], child)
        );
  }
}

/** The words that a value may be, for the nearest of them to a misspelt one. */
function wordsOf(json: JsonLeaf): readonly string[] {
  return "enum" in json ? json.enum : "anyOf" in json ? json.anyOf.flatMap(wordsOf) : [];
}

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[], description?: string) {
  return leaf<T>(`one of ${words.join(", ")}`, { enum: words, description });
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number, description?: string) {
  return leaf<number>(`a whole number from ${least} to ${most}`, {
    type: "integer",
    minimum: least,
    maximum: most,
    description,
  });
}

/** A word, or one of the prefixes with something behind it; `forms` says the latter in words. */
export function wordOrPrefixed(words: readonly string[], prefixes: readonly string[], forms: string) {
  return leaf<string>(`${words.join(", ")}${prefixes.length > 1 ? "," : ""} ${forms}`, {
    anyOf: [{ enum: words }, { type: "string", pattern: `^(${prefixes.join("|")}):[\\s\\S]` }],
  });
}

/** A number above 0. */
export function above0(description?: string) {
  return leaf<number>("a number above 0", { type: "number", exclusiveMinimum: 0, description });
}

/** A number of at least 0. */
export function notNegative() {
  return leaf<number>("a number of at least 0", { type: "number", minimum: 0 });
}

/** true or false. */
export function trueOrFalse(description?: string) {
  return leaf<boolean>("true or false", { type: "boolean", description });
}

/** A text that is not empty. */
export function text(expectation = "a text that is not empty", description?: string) {
  return leaf<string>(expectation, { type: "string", pattern: "\\S", description });
}

/** A name that is also the name of a file. */
export function name(expectation = "a name of letters, digits, dots, dashes and underscores", description?: string) {
  return leaf<string>(expectation, { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", description });
}

/** A value or a list of values; the sweep takes each. */
export function each<T extends z.ZodType>(item: T, description: string) {
  const list = z.array(item).min(1, { error: "a list of at least one value" });
  return z.preprocess((value) => value === undefined || Array.isArray(value) ? value : [value], list.optional())
    .describe(description);
}
