import { type Document, LineCounter, parseDocument } from "npm:yaml@2";
import { checkConsistency, type Problem } from "./consistency.ts";
import type { IssueParams } from "./leaf.ts";
import { unknownOption } from "../../explain/methods/check_options.ts";
import { methodNames } from "../../explain/methods/method_table.ts";
import { hint, unknownName } from "../../explain/options/mistake.ts";
import { valueText } from "../../explain/options/value_text.ts";
import { experimentSchema, knownKeys, type ParsedExperiment } from "./experiment_schema.ts";
import { positionOf } from "./source_position.ts";

/** A configuration with mistakes: all of them, each as `file:line:column: key: expected …, got …`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** An experiment's configuration as it stands in the file, checked. */
export interface ExperimentConfig {
  /** As it was named on the command line. */
  readonly file: string;
  readonly text: string;
  readonly experiment: ParsedExperiment;
}

/**
 * Reads the text of an experiment's YAML and checks every key before anything runs.
 * @throws {ConfigError} if there are mistakes; it lists them all
 */
export function parseConfig(text: string, file: string): ExperimentConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    throw new ConfigError(broken.map(({ pos, code, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      const expected = code === "DUPLICATE_KEY" ? duplicateKeyText(text, pos[0]) : `expected YAML, got ${message}`;
      return `${file}:${line}:${col}: ${expected}`;
    }));
  }
  const data = plainData(document, file);
  const parsed = schemaOfMethods().safeParse(data);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, data)),
    ...checkConsistency(data),
  ];
  if (problems.length > 0) throw new ConfigError(problemLines(problems, document, lines, file));
  return { file, text, experiment: parsed.data! as ParsedExperiment };
}

let made: { readonly methods: number; readonly schema: ReturnType<typeof experimentSchema> } | undefined;

/** Returns the schema, which grows with the table of methods and takes long to make. */
function schemaOfMethods(): ReturnType<typeof experimentSchema> {
  const methods = methodNames().length;
  if (made?.methods !== methods) made = { methods, schema: experimentSchema() };
  return made.schema;
}

function duplicateKeyText(text: string, offset: number): string {
  const key = /^[^:\s]+/.exec(text.slice(offset))?.[0] ?? "a key";
  return `${key}: expected each key once, got it again`;
}

function plainData(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError([`${file}:1:1: expected YAML that can be expanded, got ${(error as Error).message}`]);
  }
}

/** The part of zod's issues that the schema can bring about. */
interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly params?: IssueParams;
}

function problemsOf(issue: unknown, data: unknown): Problem[] {
  const { code, path, message, keys, params } = issue as Issue;
  if (code === "unrecognized_keys") return (keys ?? []).map((key) => unknownKey(path, key));
  const value = valueAt(data, path);
  return [{ path, text: `expected ${message}, got ${valueText(value)}${hint(value, params?.candidates ?? [])}` }];
}

function unknownKey(path: readonly PropertyKey[], key: string): Problem {
  const place = path.filter((step) => typeof step === "string").at(-1) ?? "";
  const known = knownKeys(place);
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
  const placed = problems.map(({ path, text, key }) => {
    const { line, column } = positionOf(document, lines, path, key);
    return { line, column, text: `${file}:${line}:${column}: ${pathText(path)}${text}` };
  });
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  return [...new Set(placed.map(({ text }) => text))];
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "";
  const name = path.map((step) => typeof step === "number" ? `[${step}]` : `.${String(step)}`).join("");
  return `${name.replace(/^\./, "")}: `;
}
