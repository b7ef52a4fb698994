import { accepts } from "../../explain/options/json_leaf.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import { valueText } from "../../explain/options/value_text.ts";
import { parseJson } from "../../files/json_object.ts";
import { checkPrompt } from "../config/check_prompt.ts";
import { TRUTH_FORM, TRUTH_JSON } from "../config/truth_schema.ts";
import { type GroundTruth, truthsOf } from "../findings/truth/truth.ts";
import { MOST_CHARACTERS } from "./bounds.ts";
import { type DataRow, valueAt } from "./data_table.ts";
import type { PromptColumns } from "./prompt_columns.ts";
import { columnsOf, fillTemplate, isTemplate, type PromptField } from "./prompt_fields.ts";

/** Characters of a name. */
const LONGEST_NAME = 200;
/** Fields of which a text may be the JSON, as CSV has no lists. */
const STRUCTURED = ["messages", "history", "truth", "context"];

type Given = Readonly<Record<string, unknown>>;

/** A prompt as a row has it. */
export interface RowPrompt {
  /** Null if it has none. */
  readonly name: string | null;
  /** All of it but the name, as it was given: what decides its results. */
  readonly content: Given;
  readonly text: AttributionText;
  readonly truth: readonly GroundTruth[];
  /** Reason why it cannot be explained, "target: expected …, got …"; null if it can. */
  readonly flaw: string | null;
}

/**
 * Makes the prompt of a row. One that does not fit has a flaw, for its cells to fail by.
 *
 * @param shared options that all prompts of the file have
 */
export function promptOfRow({ values }: DataRow, columns: PromptColumns, shared: Given): RowPrompt {
  const flaws: string[] = [];
  const fields = readFields(values, columns, flaws);
  const { name: ownName, truth, ...text } = assemble(fields, flaws);
  const name = readName(ownName, flaws);
  const content = defined({ ...text, ...shared });
  const given = { ...content, ...(truth === undefined ? {} : { truth }) };
  if (truth !== undefined && !accepts(TRUTH_JSON, truth)) {
    flaws.push(`truth: expected ${TRUTH_FORM}, got ${valueText(truth)}`);
  }
  if (flaws.length === 0) flaws.push(...checkPrompt(given).map(({ path, text }) => `${placeText(path)}${text}`));
  const characters = charactersOf(content);
  if (characters > MOST_CHARACTERS) flaws.unshift(`expected at most ${MOST_CHARACTERS} characters, got ${characters}`);
  if (flaws.length > 0) return { name, content, text: { prompt: "" }, truth: [], flaw: [...new Set(flaws)].join("; ") };
  const truths = truthsOf((truth ?? []) as Parameters<typeof truthsOf>[0]);
  return { name, content, text: content as unknown as AttributionText, truth: truths, flaw: null };
}

/** Reads each field that the row has a value for. */
function readFields(
  values: Given,
  { named, usual }: PromptColumns,
  flaws: string[],
): Partial<Record<PromptField, unknown>> {
  const fields: Record<string, unknown> = {};
  const take = (field: string, column: string, value: unknown) => {
    if (value !== undefined && value !== null) fields[field] = structured(field, value, flaws);
    else if (field === "target") flaws.push(`target: expected a text in column ${column}, got nothing`);
  };
  for (const [field, given] of Object.entries(named)) {
    if (!isTemplate(given)) take(field, given, valueAt(values, given));
    else fields[field] = filled(field, given, values, flaws);
  }
  for (const [field, candidates] of Object.entries(usual)) {
    // A chat that nobody named is not this prompt's.
    if (field === "messages" && fields.prompt !== undefined) continue;
    const column = candidates.find((one) => Object.hasOwn(values, one));
    if (column !== undefined) take(field, column, values[column]);
  }
  return fields;
}

/** Fills a template with a row's values. */
function filled(field: string, template: string, values: Given, flaws: string[]): string {
  const lacking = columnsOf(template).filter((column) => !isShort(valueAt(values, column)));
  for (const column of lacking) {
    flaws.push(`${field}: expected a text or a number in column ${column}, got ${valueText(valueAt(values, column))}`);
  }
  return lacking.length > 0 ? "" : fillTemplate(template, (column) => String(valueAt(values, column)));
}

function isShort(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Reads a list or a mapping that stands as JSON in a text; other texts stay. */
function structured(field: string, value: unknown, flaws: string[]): unknown {
  if (typeof value !== "string" || !STRUCTURED.includes(field)) return value;
  if (!/^\s*[[{]/.test(value)) return field === "truth" ? [value] : value;
  try {
    return parseJson(value, field);
  } catch {
    // A document may begin with a bracket.
    if (field === "context") return value;
    flaws.push(`${field}: expected JSON, got ${valueText(value)}`);
    return undefined;
  }
}

/** Takes prompt, history and target from a chat; one document stands for a list of one. */
function assemble(
  { context, messages, ...fields }: Partial<Record<PromptField, unknown>>,
  flaws: string[],
): Partial<Record<PromptField, unknown>> {
  const whole = messages === undefined ? fields : { ...chatOf(messages, flaws), ...fields };
  if (context === undefined || context === "") return whole;
  return { ...whole, context: typeof context === "string" ? [context] : context };
}

/** Divides a chat: an answer at its end is the target, the user's message before it the prompt. */
function chatOf(messages: unknown, flaws: string[]): Partial<Record<PromptField, unknown>> {
  const all = Array.isArray(messages) ? [...messages] : [];
  const roleAt = (place: number) => (all.at(place) as { role?: unknown } | null | undefined)?.role;
  const target = roleAt(-1) === "assistant" ? all.pop().content : undefined;
  if (roleAt(-1) !== "user") {
    const end = all.length === 0 ? valueText(messages) : `a message of ${valueText(roleAt(-1))}`;
    flaws.push(`messages: expected a list of messages, the last of the user or an answer to one, got ${end}`);
    return {};
  }
  const prompt = all.pop().content;
  const history = all.map((message) => defined(Object(message)));
  return { prompt, ...(target === undefined ? {} : { target }), ...(history.length === 0 ? {} : { history }) };
}

function readName(name: unknown, flaws: string[]): string | null {
  if (name === undefined || name === "") return null;
  const text = typeof name === "number" ? String(name) : name;
  const isLine = typeof text === "string" && text.length <= LONGEST_NAME && !/[\p{Cc}\u2028\u2029]/u.test(text);
  if (isLine && text.trim() !== "") return text;
  flaws.push(`name: expected a line of at most ${LONGEST_NAME} characters, got ${valueText(name)}`);
  return null;
}

function placeText(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? ""
    : `${path.map((step) => typeof step === "number" ? `[${step}]` : String(step)).join("")}: `;
}

/** Leaves out what is not given: Parquet has every field of a message. */
function defined(values: Given): Given {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

/** Number of characters in all texts of a value. */
function charactersOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, child) => sum + charactersOf(child), 0);
}
