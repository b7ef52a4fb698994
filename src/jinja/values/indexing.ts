import type { Budget } from "../budget.ts";
import { failure, missing } from "../template_error.ts";
import { pointsOf } from "./code_points.ts";
import { asNumber, isInteger } from "./operators.ts";
import { isList, type Range, range, tuple, typeName, type Value, valueAt } from "./value.ts";

/** A slice's bounds, null where one is left out. */
interface Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

/** The places that a slice takes of a sequence. */
interface Places {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly count: number;
}

/** Returns the item of a value; undefined where Python raises a TypeError or a LookupError. */
export function itemAt(value: Value, key: Value): Value | undefined {
  if (value !== null && typeof value === "object" && !isList(value)) {
    if (value.kind === "undefined") throw failure(value.message);
    if (value.kind === "dict") return canBeKey(key) ? valueAt(value, key) : undefined;
    if (value.kind === "markup") throw missing("an item of text that is marked safe");
  }
  if (!isInteger(key)) return undefined;
  const at = Number(asNumber(key));
  if (typeof value === "string") return pointsOf(value).at(at);
  if (value === null || typeof value !== "object") return undefined;
  if (isList(value)) return value.at(at);
  if (value.kind === "tuple") return value.items.at(at);
  if (value.kind === "range") return numberAt(value, at);
  return undefined;
}

/** True if a value has a hash. */
function canBeKey(key: Value): boolean {
  if (key === null || typeof key !== "object") return true;
  if (isList(key)) return false;
  return key.kind === "tuple" ? key.items.every(canBeKey) : key.kind !== "dict" && key.kind !== "view";
}

function numberAt({ start, step, length }: Range, at: number): bigint | undefined {
  const place = at < 0 ? at + length : at;
  return place >= 0 && place < length ? start + step * BigInt(place) : undefined;
}

/**
 * Returns a part of a text, list, tuple or range.
 *
 * @throws {TemplateError} if the value has no parts, or a bound is not a whole number
 */
export function sliceOf(value: Value, slice: Slice, budget: Budget): Value {
  if (typeof value === "string") return placesOf(pointsOf(value), slice, budget).join("");
  if (isList(value)) return placesOf(value, slice, budget);
  if (value !== null && typeof value === "object") {
    if (value.kind === "tuple") return tuple(placesOf(value.items, slice, budget));
    if (value.kind === "undefined") throw failure(value.message);
    if (value.kind === "markup") throw missing("a part of text that is marked safe");
    if (value.kind === "range") {
      const { start, stop, step } = boundsOf(slice, value.length);
      const numberOf = (place: number) => value.start + value.step * BigInt(place);
      return range(numberOf(start), numberOf(stop), value.step * BigInt(step));
    }
  }
  throw failure(`'${typeName(value)}' object is not subscriptable`);
}

function placesOf<T>(items: readonly T[], slice: Slice, budget: Budget): T[] {
  const { start, step, count } = boundsOf(slice, items.length);
  budget.spend(Math.ceil(count / 16));
  return step === 1
    ? items.slice(start, start + count)
    : Array.from({ length: count }, (_, i) => items[start + i * step]);
}

/** Finds the places of a slice, as CPython's `PySlice_AdjustIndices`. */
function boundsOf(slice: Slice, length: number): Places {
  const [start, stop, step] = [slice.start, slice.stop, slice.step].map(boundOf);
  const by = step ?? 1;
  if (by === 0) throw failure("slice step cannot be zero");
  const [least, most] = by < 0 ? [-1, length - 1] : [0, length];
  const place = (bound: number) => Math.min(Math.max(bound < 0 ? bound + length : bound, least), most);
  const from = start === null ? (by < 0 ? most : least) : place(start);
  const to = stop === null ? (by < 0 ? least : most) : place(stop);
  return { start: from, stop: to, step: by, count: Math.max(0, Math.ceil((to - from) / by)) };
}

function boundOf(value: Value): number | null {
  if (value === null) return null;
  if (!isInteger(value)) throw failure("slice indices must be integers or None or have an __index__ method");
  return Number(asNumber(value));
}
