import { createHash } from "node:crypto";
import { hint } from "../../explain/options/mistake.ts";
import { shownNames, shownText } from "../../files/shown_value.ts";
import { type ParsedSource, sharedOptions } from "../config/source_schema.ts";
import { stableJson } from "../run/stable_json.ts";
import { columnOf, type DataRow, type DataTable, valueAt } from "./data_table.ts";
import { openSource, problemsOfData, type ReadHooks } from "./open_source.ts";
import { type PromptColumns, promptColumns, requiredColumns, wantedColumns } from "./prompt_columns.ts";
import type { PromptField } from "./prompt_fields.ts";
import { promptOfRow, type RowPrompt } from "./prompt_of_row.ts";
import { fitsCondition } from "./row_condition.ts";
import { sampleRows } from "./sample_rows.ts";

/** Columns of JSONL rows that are remembered, for messages. */
const MOST_COLUMNS = 1000;

/** A row's prompt, and its place. */
export interface PlacedPrompt {
  readonly place: string;
  readonly prompt: RowPrompt;
}

/** Source of prompts: how it is written in messages, and how far it has been read. */
interface Reading {
  readonly source: ParsedSource;
  readonly columns: PromptColumns;
  /** Writes the beginning of a message about a key of the source. */
  place(path: readonly PropertyKey[]): string;
  /** Rows so far, and those that fit the conditions. */
  rows: number;
  fitting: number;
}

/** Mistakes of a source, each a line that names its place. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join("\n"), { cause });
    this.problems = problems;
  }
}

/**
 * Reads the prompts of a source: the rows that fit its conditions, the first of them, or some that are drawn. Hands
 * them on one by one; a sample is held in memory.
 *
 * @param place writes the beginning of a message about a key of the source
 * @throws {SourceError} if a file is not there or malformed, a column is not, or no row is left
 */
export async function* readSource(
  source: ParsedSource,
  experiment: string,
  place: Reading["place"],
  hooks: ReadHooks,
): AsyncGenerator<PlacedPrompt> {
  const columns = promptColumns(source.fields ?? {}, source.generate !== undefined);
  const reading: Reading = { source, columns, place, rows: 0, fitting: 0 };
  const prompts = readFiles(reading, experiment, hooks);
  const { sample } = source;
  if (sample === undefined) yield* prompts;
  else {
    const { rows, seed = 0 } = typeof sample === "number" ? { rows: sample } : sample;
    const drawn = sampleRows<PlacedPrompt>(rows, (key) => hashOf(`${seed} ${key}`));
    for await (const one of prompts) drawn.offer(one, stableJson([one.prompt.name, one.prompt.content]));
    yield* drawn.drawn();
  }
  if (reading.rows === 0) throw new SourceError([`${place(["file"])}expected a row at least, got none`]);
  if (reading.fitting > 0) return;
  throw new SourceError([`${place(["where"])}expected a row that fits, got none among ${reading.rows}`]);
}

/** SHA-256 of a text, in hex. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function* readFiles(reading: Reading, experiment: string, hooks: ReadHooks): AsyncGenerator<PlacedPrompt> {
  const { source, columns } = reading;
  const { where = [], limit = Infinity } = source;
  const wanted = [...wantedColumns(columns), ...where.flatMap(Object.keys)];
  for (const [k, file] of source.file.entries()) {
    if (reading.fitting >= limit) return;
    try {
      const table = await openSource({ file, experiment, source, wanted }, hooks);
      yield* readTable(table, reading, limit);
    } catch (error) {
      const problems = problemsOfData(error, reading.place(["file", k]));
      throw problems === null ? error : new SourceError(problems, error);
    }
  }
}

async function* readTable(table: DataTable, reading: Reading, limit: number): AsyncGenerator<PlacedPrompt> {
  const { source, columns } = reading;
  const seen = new Set(table.columns ?? []);
  if (table.columns !== null) requireColumns(seen, reading);
  const shared = sharedOptions(source);
  for await (const batch of table.rows()) {
    for (const row of batch) {
      reading.rows++;
      if (table.columns === null) remember(row, seen);
      if (!isWanted(row, source.where)) continue;
      yield { place: table.placeOf(row.at), prompt: promptOfRow(row, columns, shared) };
      if (++reading.fitting >= limit) return;
    }
  }
  if (reading.rows > 0) requireColumns(seen, reading);
}

function remember({ values }: DataRow, seen: Set<string>): void {
  for (const name in values) if (seen.size < MOST_COLUMNS) seen.add(name);
}

/** @throws {SourceError} if a column that is named is not there */
function requireColumns(seen: ReadonlySet<string>, { source, columns, place }: Reading): void {
  const named = [
    ...requiredColumns(columns).map(([field, column]) => ({ path: ["fields", field], column })),
    ...(source.where ?? []).flatMap((one, k) =>
      Object.keys(one).map((column) => ({ path: ["where", k, column], column }))
    ),
  ];
  const lacking = named.filter(({ column }) => !seen.has(columnOf(column, (name) => seen.has(name))));
  const known = [...seen];
  const problems = lacking.map(({ path, column }) =>
    `${place(path)}expected one of the columns ${shownNames(known)}, got ${shownText(column)}${hint(column, known)}`
  );
  if (problems.length === 0) problems.push(...lackingParts(seen, { source, columns, place }));
  if (problems.length > 0) throw new SourceError(problems);
}

/** A prompt needs a text, and a target if none is generated; a chat has both. */
function lackingParts(
  seen: ReadonlySet<string>,
  { source, columns: { named, usual }, place }: Pick<Reading, "source" | "columns" | "place">,
): string[] {
  const has = (field: PromptField) => named[field] !== undefined || usual[field]?.some((column) => seen.has(column));
  if (has("messages")) return [];
  const parts: readonly PromptField[] = source.generate === undefined ? ["prompt", "target"] : ["prompt"];
  const known = [...seen];
  const joined = known.find((name) => /[;|\t]/.test(name));
  const advice = joined === undefined ? "" : "; if another character divides the columns, give it as delimiter";
  return parts.filter((part) => !has(part)).map((part) =>
    `${place([])}expected a column ${part}, or fields.${part} that says which of the columns ${
      shownNames(known)
    } it is, ` +
    `got none${advice}`
  );
}

function isWanted({ values }: DataRow, where: ParsedSource["where"]): boolean {
  return where === undefined ||
    where.some((one) =>
      Object.entries(one).every(([column, condition]) => fitsCondition(valueAt(values, column), condition))
    );
}
