import { type Document, LineCounter, parseDocument } from "npm:yaml@2";
import { checkConsistency, type Problem } from "./consistency.ts";
import type { IssueParams } from "./leaf.ts";
import { nearest } from "../../explain/options/nearest.ts";
import { EXPERIMENT_SCHEMA, KNOWN_KEYS, type ParsedExperiment } from "./experiment_schema.ts";
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
 * @throws {ConfigError} with every mistake found
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
  const parsed = EXPERIMENT_SCHEMA.safeParse(data);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, data)),
    ...checkConsistency(data),
  ];
  if (problems.length > 0) throw new ConfigError(problemLines(problems, document, lines, file));
  return { file, text, experiment: parsed.data! };
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
  const meant = typeof value === "string" && params?.candidates ? nearest(value, params.candidates) : null;
  return [{ path, text: `expected ${message}, got ${valueText(value)}${meant ? `; did you mean ${meant}?` : ""}` }];
}

function unknownKey(path: readonly PropertyKey[], key: string): Problem {
  const place = path.filter((step) => typeof step === "string").at(-1) ?? "";
  const known = KNOWN_KEYS[place as keyof typeof KNOWN_KEYS];
  const meant = nearest(key, known);
  const text = `expected one of ${known.join(", ")}, got an unknown key${meant ? `; did you mean ${meant}?` : ""}`;
  return { path: [...path, key], text, key: true };
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

/** A value as an error shows it. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `the list ${shorten(JSON.stringify(value))}`;
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? shorten(JSON.stringify(value)) : String(value);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
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
