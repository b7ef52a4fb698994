import { columnsOf, isTemplate, PROMPT_FIELD_NAMES, PROMPT_FIELDS, type PromptField } from "./prompt_fields.ts";

/** Columns that each part of a prompt is taken from: those named, or else the first of some that a row has. */
export interface PromptColumns {
  readonly named: Readonly<Partial<Record<PromptField, string>>>;
  readonly usual: Readonly<Partial<Record<PromptField, readonly string[]>>>;
}

/**
 * Chooses the columns of a prompt's parts. No target is looked for where it is generated, no context where a template
 * makes the prompt, and none of its parts beside a chat, unless they are named.
 */
export function promptColumns(named: PromptColumns["named"], generates: boolean): PromptColumns {
  const isMade = named.prompt !== undefined && isTemplate(named.prompt);
  const inChat = named.messages === undefined ? [] : ["prompt", "target", "history"];
  const unasked = [...(generates ? ["target"] : []), ...(isMade ? ["context"] : []), ...inChat];
  const usual = PROMPT_FIELD_NAMES.filter((field) => named[field] === undefined && !unasked.includes(field));
  return { named, usual: Object.fromEntries(usual.map((field) => [field, PROMPT_FIELDS[field].columns])) };
}

/** Returns the columns that must be there, each with the field that names it. */
export function requiredColumns({ named }: PromptColumns): (readonly [field: string, column: string])[] {
  return Object.entries(named).flatMap(([field, given]) => columnsOf(given).map((column) => [field, column] as const));
}

/** Returns all columns that may be read. */
export function wantedColumns(columns: PromptColumns): string[] {
  return [...requiredColumns(columns).map(([, column]) => column), ...Object.values(columns.usual).flat()];
}
