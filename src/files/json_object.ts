import { findDuplicateKey } from "./duplicate_key.ts";
import { requireFile } from "./existing_file.ts";
import { jsonFault, levelsOf, MOST_LEVELS } from "./json_fault.ts";
import { shownValue } from "./shown_value.ts";
import { readText } from "./text_file.ts";

/**
 * Reads a file with a JSON object.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} if it holds no JSON object
 */
export function readJsonObject(path: string): Record<string, unknown> {
  return parseJsonObject(readText(requireFile(path)), path);
}

/**
 * Reads a file with a JSON object, in which no object may have a key twice.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} if it holds no such object
 */
export function readUniqueKeys(path: string): Record<string, unknown> {
  return parseUniqueKeys(readText(requireFile(path)), path);
}

/**
 * Parses JSON of at most 512 levels, so that what reads the value may walk down into it.
 *
 * @param source names it in errors
 * @throws {SyntaxError} if it is none; the message says where
 */
export function parseJson(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError(`Cannot read ${source} as it must be JSON: got ${jsonFault(text)}`);
  }
  if (levelsOf(text) <= MOST_LEVELS) return value;
  throw new SyntaxError(`Cannot read ${source} as its JSON must have at most ${MOST_LEVELS} levels: got more`);
}

/**
 * Parses a JSON object.
 *
 * @param source names it in errors
 * @throws {SyntaxError} if it is none
 */
export function parseJsonObject(text: string, source: string): Record<string, unknown> {
  const value = parseJson(text, source);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Cannot read ${source} as it must be a JSON object: got ${shownValue(value)}`);
  }
  return value as Record<string, unknown>;
}

/**
 * Parses a JSON object, in which no object may have a key twice.
 *
 * @param source names it in errors
 * @throws {SyntaxError} if it is none or has a key twice
 */
export function parseUniqueKeys(text: string, source: string): Record<string, unknown> {
  const value = parseJsonObject(text, source);
  const key = findDuplicateKey(text);
  if (key === undefined) return value;
  throw new SyntaxError(`Cannot read ${source} as its keys must be unique: got ${shownValue(key)} twice`);
}
