import { type Document, LineCounter, parseDocument } from "npm:yaml@2";
import type { Problem } from "./check_prompt.ts";
import { checkConsistency } from "./consistency.ts";
import { readContextFiles } from "./context_files.ts";
import type { IssueParams } from "./leaf.ts";
import { unknownOption } from "../../explain/methods/check_options.ts";
import { methodNames } from "../../explain/methods/method_table.ts";
import { hint, unknownName } from "../../explain/options/mistake.ts";
import { valueText } from "../../explain/options/value_text.ts";
import { experimentSchema, knownKeys, type ParsedExperiment } from "./experiment_schema.ts";
import { cellsFlaw } from "./cell_count.ts";
import { methodSweeps } from "./method_sweeps.ts";
import { isSource } from "./prompt_entries.ts";
import { type Flaw, plainData, sizeFlaw, TOO_DEEP } from "./plain_data.ts";
import { terminalLine } from "../../report/text/terminal_text.ts";
import { positionOf } from "./source_position.ts";

/** Mistakes that are told. Each is looked up in the file. */
const MOST_PROBLEMS = 100;

/**
 * A configuration with mistakes: the first hundred, each as `file:line:column: key: expected …, got …` on a line, also
 * where a key has line breaks.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    const lines = problems.map(terminalLine);
    super(lines.join("\n"));
    this.problems = lines;
  }
}

/** An experiment's configuration as it stands in the file, checked. */
export interface ExperimentConfig {
  /** As it was named on the command line. */
  readonly file: string;
  readonly text: string;
  readonly experiment: ParsedExperiment;
  /** Writes "file:line:column: key: " of the value at a path, for a mistake that shows later. */
  place(path: readonly PropertyKey[]): string;
}

/**
 * Reads the text of an experiment's YAML and checks every key before anything runs.
 * @throws {ConfigError} if there are mistakes; it lists the first hundred
 */
export function parseConfig(text: string, file: string): ExperimentConfig {
  const lines = new LineCounter();
  const refuse = ({ text, offset }: Flaw): never => {
    throw new ConfigError([`${placeText(file, lines.linePos(offset))}: ${text}`]);
  };
  const tooLarge = sizeFlaw(text);
  if (tooLarge !== null) throw new ConfigError([`${file}: ${tooLarge.text}`]);
  const document = parseYaml(text, lines, file);
  const plain = plainData(document);
  if ("flaw" in plain) return refuse(plain.flaw);
  const { data, problems: unread } = readContextFiles(plain.data, file);
  // Nothing is checked that would be too much to check.
  const tooMany = cellsFlaw(data);
  if (tooMany !== null) {
    throw new ConfigError(problemLines([tooMany], document, lines, file));
  }
  const parsed = schemaOfMethods().safeParse(data);
  const problems = [
    ...unread,
    ...(parsed.error?.issues ?? []).slice(0, MOST_PROBLEMS).flatMap((issue) => problemsOf(issue, data)),
    ...checkConsistency(data),
  ];
  if (problems.length > 0) throw new ConfigError(problemLines(problems, document, lines, file));
  const place = (path: readonly PropertyKey[]) => {
    const { line, column } = positionOf(document, lines, path);
    return `${file}:${line}:${column}: ${pathText(path)}`;
  };
  return { file, text, experiment: settled(parsed.data! as ParsedExperiment), place };
}

/** Names of files by themselves become mappings, and sweeps of several methods a sweep for each. */
function settled({ prompts, sweeps, ...others }: ParsedExperiment): ParsedExperiment {
  return {
    ...others,
    prompts: prompts.map((entry: unknown) =>
      (typeof entry === "string" ? { file: [entry] } : entry) as ParsedExperiment["prompts"][number]
    ),
    sweeps: sweeps.flatMap(methodSweeps),
  };
}

/** Advice for what the YAML reader names by its own rules: texts that need quotes. */
const ADVICE: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: '; a text with ": " in it needs quotes around it',
  BLOCK_IN_FLOW: '; a text with ": " in it needs quotes around it',
  BAD_SCALAR_START: "; a text that begins with this sign needs quotes around it",
  TAG_RESOLVE_FAILED: '; a text that begins with "!" needs quotes around it',
};

/** @throws {ConfigError} if the text is no YAML, or has more levels than its reader can walk */
function parseYaml(text: string, lines: LineCounter, file: string): Document {
  let document: Document;
  try {
    // Keys are looked up one by one elsewhere: here each would be compared with all others.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch {
    throw new ConfigError([`${file}: ${TOO_DEEP}`]);
  }
  const broken = [...document.errors, ...document.warnings];
  if (broken.length === 0) return document;
  if (broken.some(({ message }) => /call stack/.test(message))) throw new ConfigError([`${file}: ${TOO_DEEP}`]);
  throw new ConfigError(
    withCount(
      broken,
      ({ pos, message, code }) =>
        `${placeText(file, lines.linePos(pos[0]))}: expected YAML, got ${message}${ADVICE[code] ?? ""}`,
    ),
  );
}

/** Writes the first hundred of a list, and how many follow. */
function withCount<T>(all: readonly T[], write: (one: T) => string): string[] {
  const lines = all.slice(0, MOST_PROBLEMS).map(write);
  return all.length > MOST_PROBLEMS ? [...lines, `and ${all.length - MOST_PROBLEMS} more`] : lines;
}

function placeText(file: string, { line, col }: { readonly line: number; readonly col: number }): string {
  return `${file}:${line}:${col}`;
}

let made: { readonly methods: number; readonly schema: ReturnType<typeof experimentSchema> } | undefined;

/** Returns the schema, which grows with the table of methods and takes long to make. */
function schemaOfMethods(): ReturnType<typeof experimentSchema> {
  const methods = methodNames().length;
  if (made?.methods !== methods) made = { methods, schema: experimentSchema() };
  return made.schema;
}

/** The part of zod's issues that the schema can bring about. */
interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly params?: IssueParams;
  /** Issues of each choice of a union, by paths from there. */
  readonly errors?: readonly (readonly Issue[])[];
}

function problemsOf(issue: unknown, data: unknown): Problem[] {
  const { code, path, message, keys, params, errors } = issue as Issue;
  if (code === "invalid_union") {
    // In the order of the schema: a file's name, a mapping of a file, a prompt.
    const [named, source, prompt] = errors!;
    const value = valueAt(data, path);
    const meant = typeof value === "string" ? named : isSource(value) ? source : prompt;
    return meant.flatMap((one) => problemsOf({ ...one, path: [...path, ...one.path] }, data));
  }
  if (code === "unrecognized_keys") {
    return (keys ?? []).slice(0, MOST_PROBLEMS).map((key) => unknownKey(path, key, isSource(valueAt(data, path))));
  }
  const value = valueAt(data, path);
  return [{ path, text: `expected ${message}, got ${valueText(value)}${hint(value, params?.candidates ?? [])}` }];
}

function unknownKey(path: readonly PropertyKey[], key: string, inSource: boolean): Problem {
  const place = path.filter((step) => typeof step === "string").at(-1) ?? "";
  const known = knownKeys(place, inSource);
  if (place === "sweeps") return { path: [...path, key], text: unknownOption(key, known).sentence, key: true };
  return { path: [...path, key], text: unknownName(key, known).sentence, key: true };
}

/** The value at a path; a scalar stands for the list of one that the schema makes of it. */
function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof step === "number" && !Array.isArray(value)) continue;
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[step];
  }
  return value;
}

function problemLines(problems: Problem[], document: Document, lines: LineCounter, file: string): string[] {
  const placed = problems.slice(0, MOST_PROBLEMS).map(({ path, text, key }) => {
    const { line, column } = positionOf(document, lines, path, key);
    return { line, column, text: `${file}:${line}:${column}: ${pathText(path)}${text}` };
  });
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  const more = problems.length > MOST_PROBLEMS ? [`${file}: and more mistakes`] : [];
  return [...new Set(placed.map(({ text }) => text)), ...more];
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "";
  const name = path.map((step) => typeof step === "number" ? `[${step}]` : `.${String(step)}`).join("");
  return `${name.replace(/^\./, "")}: `;
}
