import type { Budget } from "../budget.ts";
import { failure, missing, TemplateError } from "../template_error.ts";
import { lengthOf, pointsOf } from "./code_points.ts";
import { equal } from "./comparison.ts";
import { type DictView, hashOf, isList, isText, type Range, tuple, typeName, type Value } from "./value.ts";

/** True for a value that Python's `if` takes for true. */
export function isTrue(value: Value): boolean {
  if (value === null || typeof value === "boolean") return value === true;
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  return sizeOf(value) !== 0;
}

/**
 * Counts the items of a value.
 *
 * @throws {TemplateError} if it has no length
 */
export function lengthOfValue(value: Value): number {
  const size = sizeOf(value);
  if (size === null) throw failure(`object of type '${typeName(value)}' has no len()`);
  return size;
}

/** Returns null for a value without length. */
export function sizeOf(value: Value): number | null {
  if (typeof value === "string") return lengthOf(value);
  if (value === null || typeof value !== "object") return null;
  if (isList(value)) return value.length;
  switch (value.kind) {
    case "tuple":
      return value.items.length;
    case "dict":
      return value.entries.size;
    case "view":
      return value.dict.entries.size;
    case "range":
      return value.length;
    case "markup":
      return lengthOf(value.text);
    case "undefined":
      return 0;
    case "thing":
      return value.length?.() ?? null;
    default:
      return null;
  }
}

/**
 * Goes through the items of a value, and counts them as work.
 *
 * @throws {TemplateError} if it has none
 */
export function iterate(value: Value, budget: Budget): Iterable<Value> {
  const items = itemsOf(value);
  if (items === null) {
    if (typeof value === "object" && value !== null && !isList(value) && value.kind === "thing") {
      throw missing(`a loop over a ${value.type}`);
    }
    throw failure(`'${typeName(value)}' object is not iterable`);
  }
  return counted(items, budget);
}

/** True if a value has items, which may be none. */
export function isIterable(value: Value): boolean {
  return itemsOf(value) !== null;
}

/** Returns null for a value without items. An iterator gives those that are left. */
function itemsOf(value: Value): Iterable<Value> | null {
  if (typeof value === "string") return pointsOf(value);
  if (value === null || typeof value !== "object") return null;
  if (isList(value)) return value;
  switch (value.kind) {
    case "tuple":
      return value.items;
    case "dict":
      return [...value.entries.values()].map(([key]) => key);
    case "view":
      return itemsOfView(value);
    case "range":
      return numbersOf(value);
    case "markup":
      return pointsOf(value.text);
    case "undefined":
      return [];
    case "iterator":
      // A loop that ends early must not close it: what follows may go on with it.
      return { [Symbol.iterator]: () => ({ next: () => value.items.next() }) };
    default:
      return null;
  }
}

function* counted(items: Iterable<Value>, budget: Budget): Generator<Value> {
  for (const item of items) {
    budget.spend(1);
    yield item;
  }
}

/** Goes through the items of a value from the last one on; null if Python's `reversed` refuses it. */
export function reversedItems(value: Value, budget: Budget): Iterable<Value> | null {
  if (value === null || typeof value !== "object") return typeof value === "string" ? reverse(value, budget) : null;
  return isList(value) || value.kind !== "iterator" && isIterable(value) ? reverse(value, budget) : null;
}

function reverse(value: Value, budget: Budget): Value[] {
  return [...iterate(value, budget)].reverse();
}

function itemsOfView({ of, dict }: DictView): Value[] {
  return [...dict.entries.values()].map((entry) => of === "items" ? tuple(entry) : of === "keys" ? entry[0] : entry[1]);
}

function* numbersOf({ start, step, length }: Range): Generator<bigint> {
  for (let i = 0, at = start; i < length; i++, at += step) yield at;
}

/**
 * True if a value is in a container, as Python's `in`.
 *
 * @throws {TemplateError} if there is no container, or a text is asked for another value
 */
export function contains(container: Value, value: Value, budget: Budget): boolean {
  if (isText(container)) {
    if (!isText(value)) throw failure(`'in <string>' requires string as left operand, not ${typeName(value)}`);
    const [whole, part] = [container, value].map((one) => typeof one === "string" ? one : one.text);
    budget.spend(Math.ceil(whole.length / 16));
    return whole.includes(part);
  }
  if (container !== null && typeof container === "object" && !isList(container)) {
    if (container.kind === "dict") return container.entries.has(hashOf(value));
    if (container.kind === "view" && container.of === "keys") return container.dict.entries.has(hashOf(value));
  }
  try {
    for (const item of iterate(container, budget)) if (item === value || equal(item, value)) return true;
  } catch (error) {
    if (!(error instanceof TemplateError) || isIterable(container)) throw error;
    throw failure(`argument of type '${typeName(container)}' is not iterable`);
  }
  return false;
}
