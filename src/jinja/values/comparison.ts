import { failure, missing, type TemplateError } from "../template_error.ts";
import { compareTexts } from "./code_points.ts";
import { countWork } from "./work.ts";
import { asNumber, isNumber } from "./operators.ts";
import { type Dict, isList, isText, isUndefined, kindOf, type Range, typeName, type Value } from "./value.ts";

/** True if two values are equal, as Python's `==`. */
export function equal(a: Value, b: Value): boolean {
  countWork(typeof a === "string" && typeof b === "string" && a.length === b.length ? 1 + a.length / 16 : 1);
  if (isNumber(a) && isNumber(b)) return asNumber(a) == asNumber(b);
  if (isText(a) && isText(b)) return textOf(a) === textOf(b);
  if (isList(a) && isList(b)) return sameItems(a, b);
  if (a === null || b === null) return a === b;
  if (typeof a !== "object" || typeof b !== "object" || isList(a) || isList(b)) return false;
  if (a.kind === "tuple" && b.kind === "tuple") return sameItems(a.items, b.items);
  if (a.kind === "dict" && b.kind === "dict") return sameEntries(a, b);
  if (a.kind === "undefined" && b.kind === "undefined") return true;
  if (a.kind === "range" && b.kind === "range") return sameRange(a, b);
  if (a.kind === "view" && b.kind === "view" && a !== b) throw missing("a comparison of views of dicts");
  return a === b;
}

/** Operators that order values. */
export type OrderOperator = "<" | "<=" | ">" | ">=";

/**
 * Compares two values, as Python does.
 *
 * @throws {TemplateError} if they have no order
 */
export function ordered(operator: OrderOperator, a: Value, b: Value): boolean {
  countWork(1);
  for (const value of [a, b]) if (isUndefined(value)) throw failure(value.message);
  if (isNumber(a) && isNumber(b)) return holds(operator, asNumber(a), asNumber(b));
  if (isText(a) && isText(b)) return holds(operator, compareTexts(textOf(a), textOf(b)), 0);
  const items = isList(a) && isList(b) ? [a, b] : tupleItems(a, b);
  if (items === null) {
    if (kindOf(a) === "view" || kindOf(b) === "view") throw missing("a comparison of views of dicts");
    throw noOrder(operator, a, b);
  }
  const [left, right] = items;
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    if (!equal(left[i], right[i])) return ordered(operator, left[i], right[i]);
  }
  return holds(operator, left.length, right.length);
}

/** Compares two values for a sort, by `<` alone; negative if the first comes first. */
export function compareForSort(a: Value, b: Value): number {
  for (const value of [a, b]) if (Number.isNaN(value)) throw missing("a sort with nan");
  return ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0;
}

function holds(operator: OrderOperator, a: bigint | number, b: bigint | number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function textOf(value: string | { readonly text: string }): string {
  return typeof value === "string" ? value : value.text;
}

function tupleItems(a: Value, b: Value): [readonly Value[], readonly Value[]] | null {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object" || isList(a) || isList(b)) return null;
  return a.kind === "tuple" && b.kind === "tuple" ? [a.items, b.items] : null;
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i] || equal(item, b[i]));
}

function sameEntries(a: Dict, b: Dict): boolean {
  if (a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([hash, [, value]]) => {
    const other = b.entries.get(hash);
    return other !== undefined && equal(value, other[1]);
  });
}

function sameRange(a: Range, b: Range): boolean {
  if (a.length !== b.length) return false;
  return a.length === 0 || a.start === b.start && (a.length === 1 || a.step === b.step);
}

function noOrder(operator: string, a: Value, b: Value): TemplateError {
  return failure(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}
