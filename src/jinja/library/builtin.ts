import { failure, missing } from "../template_error.ts";
import { countReading } from "../values/work.ts";
import { asNumber, isInteger } from "../values/operators.ts";
import { type Arguments, kindOf, type Rendering, typeName, type Value } from "../values/value.ts";

/**
 * A function of Python's or Jinja2's, called with a value and arguments. `takes` names the arguments in order: `=` ends
 * one that may be left out, behind `/` at the end none may be named, `*` takes any number.
 */
export interface Builtin<T> {
  readonly takes: string;
  run(value: T, given: readonly (Value | undefined)[], rendering: Rendering, all: Arguments): Value;
}

/** Something that Python or Jinja2 has and that is missing here. */
export const MISSING = "missing";

/** Functions by name; inherited names are none. */
export type BuiltinTable<T> = ReadonlyMap<string, Builtin<T> | typeof MISSING>;

/** Makes a table of functions, and of names that are known to be missing. */
export function builtinTable<T>(functions: Readonly<Record<string, Builtin<T>>>, absent: string): BuiltinTable<T> {
  const none = absent === "" ? [] : absent.split(" ").map((name) => [name, MISSING] as const);
  return new Map<string, Builtin<T> | typeof MISSING>([...none, ...Object.entries(functions)]);
}

/**
 * Calls a function with its arguments in order.
 *
 * @throws {TemplateError} if an argument is left out, unknown, or given twice
 */
export function callBuiltin<T>(
  name: string,
  builtin: Builtin<T>,
  value: T,
  given: Arguments,
  rendering: Rendering,
): Value {
  rendering.budget.spend(1);
  if (typeof value === "string") countReading(value);
  return builtin.run(value, builtin.takes === "*" ? [] : bind(name, builtin.takes, given), rendering, given);
}

function bind(name: string, takes: string, { positional, named }: Arguments): (Value | undefined)[] {
  const words = takes === "" ? [] : takes.split(" ");
  const onlyPlaces = words.at(-1) === "/";
  const parameters = onlyPlaces ? words.slice(0, -1) : words;
  const names = parameters.map((word) => word.replace("=", ""));
  if (positional.length > names.length) {
    throw failure(`${name}() takes at most ${names.length} arguments: got ${positional.length}`);
  }
  for (const key of named.keys()) {
    const place = onlyPlaces ? -1 : names.indexOf(key);
    if (place < 0) throw failure(`${name}() got an unexpected keyword argument '${key}'`);
    if (place < positional.length) throw failure(`${name}() got multiple values for argument '${key}'`);
  }
  return parameters.map((word, i) => {
    const value = i < positional.length ? positional[i] : named.get(names[i]);
    if (value === undefined && !word.endsWith("=")) throw failure(`${name}() missing the argument '${names[i]}'`);
    return value;
  });
}

/** Takes an argument as a text. */
export function textArgument(value: Value | undefined): string {
  if (value !== undefined && kindOf(value) === "markup") throw missing("such an argument that is marked safe");
  if (typeof value !== "string") {
    throw failure(`expected str: got ${value === undefined ? "nothing" : typeName(value)}`);
  }
  return value;
}

/** Takes an argument as a whole number, within what fits a length. */
export function integerArgument(value: Value): number {
  if (!isInteger(value)) throw failure(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Math.min(Math.max(Number(asNumber(value)), -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
