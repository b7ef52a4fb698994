import type { Budget } from "../budget.ts";
import { failure, missing } from "../template_error.ts";
import { countText, countWork } from "./work.ts";

/**
 * A value as Python has it: None is null, a whole number a bigint, a float a number, a list an array. All but
 * iterators, namespaces and loops are immutable, as in Jinja2's sandbox.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly Value[]
  | Tuple
  | Dict
  | Undefined
  | Markup
  | Lazy
  | DictView
  | Range
  | Callable
  | Thing;

/** A tuple; one of `groupby` has names for its items. */
interface Tuple {
  readonly kind: "tuple";
  readonly items: readonly Value[];
  readonly names?: readonly string[];
}

/** A dict, in the order of insertion: entries by the text that stands for their key. */
export interface Dict {
  readonly kind: "dict";
  readonly entries: ReadonlyMap<string, readonly [key: Value, value: Value]>;
}

/** Jinja2's undefined value, which prints as nothing. */
export interface Undefined {
  readonly kind: "undefined";
  /** The error of anything that is done with it. */
  readonly message: string;
}

/** A text marked as safe HTML. */
export interface Markup {
  readonly kind: "markup";
  readonly text: string;
}

/** An iterator, which gives its items once. */
interface Lazy {
  readonly kind: "iterator";
  readonly items: Iterator<Value>;
}

/** The keys, values or items of a dict. */
export interface DictView {
  readonly kind: "view";
  readonly of: "keys" | "values" | "items";
  readonly dict: Dict;
}

/** Python's range. */
export interface Range {
  readonly kind: "range";
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  readonly length: number;
}

/** Arguments of a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** A function, method or macro. */
export interface Callable {
  readonly kind: "callable";
  readonly name: string;
  /** Text of the value, if Python's has no address. */
  readonly text?: string;
  call(given: Arguments): Value;
  attribute?(name: string): Value | undefined;
}

/** A value with attributes of its own: a loop, a namespace. */
export interface Thing {
  readonly kind: "thing";
  readonly type: string;
  /** Returns undefined for a name that is none. */
  attribute(name: string): Value | undefined;
  /** Sets an attribute. */
  assign?(name: string, value: Value): void;
  length?(): number;
  call?(given: Arguments): Value;
  text?(): string;
}

/** State of a rendering that functions need. */
export interface Rendering {
  readonly budget: Budget;
  /** Time that `strftime_now` shows. */
  readonly now: Date;
}

/** True for arrays, which the compiler does not tell from other values by itself. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns the kind of a value that is neither a list nor of a type of JavaScript's. */
export function kindOf(
  value: Value,
): Exclude<Value, null | boolean | bigint | number | string | readonly Value[]>["kind"] | null {
  return value !== null && typeof value === "object" && !isList(value) ? value.kind : null;
}

/** True for an undefined value. */
export function isUndefined(value: Value): value is Undefined {
  return kindOf(value) === "undefined";
}

/** True for a text, marked or not. */
export function isText(value: Value): value is string | Markup {
  return typeof value === "string" || kindOf(value) === "markup";
}

/** Makes a tuple. */
export function tuple(items: readonly Value[], names?: readonly string[]): Tuple {
  return { kind: "tuple", items, names };
}

/** Makes an undefined value. */
export function undefinedValue(message: string): Undefined {
  return { kind: "undefined", message };
}

/** Makes an iterator. */
export function lazy(items: Iterable<Value>): Lazy {
  return { kind: "iterator", items: items[Symbol.iterator]() };
}

/**
 * Makes a dict; a later value replaces an earlier one of an equal key.
 *
 * @throws {TemplateError} if a key has no hash
 */
export function dict(pairs: Iterable<readonly [Value, Value]>): Dict {
  const entries = new Map<string, [Value, Value]>();
  for (const [key, value] of pairs) {
    const hash = hashOf(key);
    entries.set(hash, [entries.get(hash)?.[0] ?? key, value]);
  }
  return { kind: "dict", entries };
}

/** Returns the value of a key, undefined if there is none. */
export function valueAt({ entries }: Dict, key: Value): Value | undefined {
  return entries.get(hashOf(key))?.[1];
}

/**
 * Returns a text that equal keys, and only they, have in common: 1, 1.0 and true are equal.
 *
 * @throws {TemplateError} if the value cannot be a key
 */
export function hashOf(value: Value): string {
  countWork(1);
  if (typeof value === "string") return countText(`s${value}`);
  if (typeof value === "bigint" || typeof value === "boolean") return `n${BigInt(value)}`;
  if (typeof value === "number") return Number.isInteger(value) ? `n${BigInt(value)}` : `f${value}`;
  if (value === null) return "None";
  if (isList(value)) throw failure("unhashable type: 'list'");
  if (value.kind === "tuple") return countText(`t${JSON.stringify(value.items.map(hashOf))}`);
  if (value.kind === "undefined") return "undefined";
  if (value.kind === "markup") return `s${value.text}`;
  if (value.kind === "dict" || value.kind === "view") throw failure(`unhashable type: '${typeName(value)}'`);
  throw missing(`a ${typeName(value)} as a key`);
}

/** Returns the name of a value's type in Python. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "str";
  if (isList(value)) return "list";
  switch (value.kind) {
    case "undefined":
      return "Undefined";
    case "markup":
      return "Markup";
    case "view":
      return `dict_${value.of}`;
    case "callable":
      return "function";
    case "thing":
      return value.type;
    default:
      return value.kind;
  }
}

/** Returns the number of items of a range. */
export function range(start: bigint, stop: bigint, step: bigint): Range {
  const span = step > 0n ? stop - start : start - stop;
  const size = step > 0n ? step : -step;
  const length = span <= 0n ? 0 : Number((span + size - 1n) / size);
  return { kind: "range", start, stop, step, length };
}
