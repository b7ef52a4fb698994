import { failure, missing } from "../template_error.ts";
import { compareForSort, equal, ordered } from "../values/comparison.ts";
import { isTrue, iterate, lengthOfValue, reversedItems } from "../values/containers.ts";
import { arithmetic } from "../values/operators.ts";
import { toText } from "../values/text.ts";
import {
  type Dict,
  hashOf,
  isList,
  isUndefined,
  kindOf,
  lazy,
  type Rendering,
  tuple,
  undefinedValue,
  type Value,
} from "../values/value.ts";
import { group } from "./attributes.ts";
import { type Builtin, integerArgument } from "./builtin.ts";
import { attributeGetter, ignoreCase, sortKey } from "./filter_keys.ts";

type Given = readonly (Value | undefined)[];

function sort(value: Value, [reverse, caseSensitive, attribute]: Given, rendering: Rendering): Value {
  const keyOf = sortKey(attribute, isTrue(caseSensitive ?? false), rendering);
  return sortedBy([...iterate(value, rendering.budget)], keyOf, isTrue(reverse ?? false), rendering);
}

/** Sorts items; equal ones stay in their order, in a reverse sort, too. */
function sortedBy(
  items: readonly Value[],
  keyOf: (item: Value) => Value,
  reverse: boolean,
  { budget }: Rendering,
): Value[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const compare = (a: Value, b: Value) => {
    budget.spend(1);
    return reverse ? compareForSort(b, a) : compareForSort(a, b);
  };
  return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

function dictSort(value: Value, [caseSensitive, by = "key", reverse]: Given, rendering: Rendering): Value {
  if (!equal(by, "key") && !equal(by, "value")) throw failure('You can only sort by either "key" or "value"');
  const place = equal(by, "key") ? 0 : 1;
  const items = [...dictOf(value).entries.values()];
  const keyOf = (item: Value) => {
    const key = (item as ReturnType<typeof tuple>).items[place];
    return isTrue(caseSensitive ?? false) ? key : ignoreCase(key);
  };
  return sortedBy(items.map((item) => tuple(item)), keyOf, isTrue(reverse ?? false), rendering);
}

function dictOf(value: Value): Dict {
  if (value !== null && typeof value === "object" && !isList(value)) {
    if (value.kind === "dict") return value;
    if (value.kind === "undefined") throw failure(value.message);
  }
  throw failure("only a dict has items");
}

function* pairs(value: Value): Generator<Value> {
  if (isUndefined(value)) return;
  for (const item of dictOf(value).entries.values()) yield tuple(item);
}

function* unique(value: Value, [caseSensitive, attribute]: Given, rendering: Rendering): Generator<Value> {
  const get = attributeGetter(attribute, rendering);
  const seen = new Set<string>();
  for (const item of iterate(value, rendering.budget)) {
    const hash = hashOf(isTrue(caseSensitive ?? false) ? get(item) : ignoreCase(get(item)));
    if (!seen.has(hash)) yield item;
    seen.add(hash);
  }
}

function extreme(value: Value, operator: "<" | ">", [caseSensitive, attribute]: Given, rendering: Rendering): Value {
  const get = attributeGetter(attribute, rendering);
  const keyOf = (item: Value) => isTrue(caseSensitive ?? false) ? get(item) : ignoreCase(get(item));
  let best: { item: Value; key: Value } | null = null;
  for (const item of iterate(value, rendering.budget)) {
    const key = keyOf(item);
    if (best === null || ordered(operator, key, best.key)) best = { item, key };
  }
  return best === null ? undefinedValue("No aggregated item, sequence was empty.") : best.item;
}

function groupBy(value: Value, [attribute, otherwise, caseSensitive]: Given, rendering: Rendering): Value {
  const sensitive = isTrue(caseSensitive ?? false);
  const get = attributeGetter(attribute, rendering, otherwise ?? null);
  const keyOf = (item: Value) => sensitive ? get(item) : ignoreCase(get(item));
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of sortedBy([...iterate(value, rendering.budget)], keyOf, false, rendering)) {
    const last = groups.at(-1);
    if (last !== undefined && equal(last.key, keyOf(item))) last.items.push(item);
    else groups.push({ key: keyOf(item), items: [item] });
  }
  return groups.map(({ key, items }) => group(sensitive ? key : get(items[0]), items));
}

function sum(value: Value, [attribute, start = 0n]: Given, rendering: Rendering): Value {
  const get = attributeGetter(attribute, rendering);
  if (typeof start === "string") throw failure("sum() can't sum strings");
  let total: Value = start;
  for (const item of iterate(value, rendering.budget)) {
    const next: Value = get(item);
    const before: Value = total;
    total = arithmetic("+", before, next, rendering.budget);
    if (typeof total === "number" && !isExact(before, next, total)) throw missing("sums of floats that are rounded");
  }
  return total;
}

/** True if a sum of floats is not rounded, which versions of Python do otherwise. */
function isExact(a: Value, b: Value, sum: number): boolean {
  const [x, y] = [Number(a), Number(b)];
  const rest = sum - x;
  return x - (sum - rest) + (y - rest) === 0;
}

function* batch(value: Value, [count, fill]: Given, { budget }: Rendering): Generator<Value> {
  let row: Value[] = [];
  for (const item of iterate(value, budget)) {
    if (equal(BigInt(row.length), count!)) {
      yield row;
      row = [];
    }
    row.push(item);
  }
  if (row.length === 0) return;
  const rest = (fill ?? null) === null ? 0 : Math.max(0, integerArgument(count!) - row.length);
  budget.spend(rest);
  yield [...row, ...Array.from({ length: rest }, () => fill!)];
}

function* slices(value: Value, [count, fill]: Given, { budget }: Rendering): Generator<Value> {
  const items = [...iterate(value, budget)];
  const rows = integerArgument(count!);
  if (rows === 0) throw failure("integer division or modulo by zero");
  const size = Math.floor(items.length / rows);
  const longer = items.length - size * rows;
  let at = 0;
  for (let i = 0; i < rows; i++) {
    budget.spend(1);
    const end = at + size + (i < longer ? 1 : 0);
    yield (fill ?? null) !== null && i >= longer ? [...items.slice(at, end), fill!] : items.slice(at, end);
    at = end;
  }
}

function join(value: Value, [separator = "", attribute]: Given, rendering: Rendering): Value {
  const get = attributeGetter(attribute, rendering);
  const between = toText(separator);
  const parts: string[] = [];
  let length = 0;
  for (const item of iterate(value, rendering.budget)) {
    parts.push(rendering.budget.made(toText(get(item))));
    length += parts.at(-1)!.length + between.length;
  }
  rendering.budget.grow(length);
  return parts.join(between);
}

function reverse(value: Value, { budget }: Rendering): Value {
  if (typeof value === "string") return [...iterate(value, budget)].toReversed().join("");
  if (kindOf(value) === "markup") throw missing("the reverse of text that is marked safe");
  const reversed = reversedItems(value, budget);
  if (reversed !== null) return lazy(reversed);
  return [...iterate(value, budget)].reverse();
}

function last(value: Value, { budget }: Rendering): Value {
  const reversed = reversedItems(value, budget);
  if (reversed === null) throw failure("the value is not reversible");
  for (const item of reversed) return item;
  return undefinedValue("No last item, sequence was empty.");
}

function first(value: Value, { budget }: Rendering): Value {
  for (const item of iterate(value, budget)) return item;
  return undefinedValue("No first item, sequence was empty.");
}

const SIZE: Builtin<Value> = { takes: "/", run: (value) => BigInt(lengthOfValue(value)) };

/** Filters of lists, dicts and what else has items. */
export const FILTERS_OF_ITEMS: Readonly<Record<string, Builtin<Value>>> = {
  batch: { takes: "linecount fill_with=", run: (value, given, rendering) => lazy(batch(value, given, rendering)) },
  count: SIZE,
  dictsort: { takes: "case_sensitive= by= reverse=", run: dictSort },
  first: { takes: "", run: (value, _, rendering) => first(value, rendering) },
  groupby: { takes: "attribute default= case_sensitive=", run: groupBy },
  items: {
    takes: "",
    run: (value) => lazy(pairs(value)),
  },
  join: { takes: "d= attribute=", run: join },
  last: { takes: "", run: (value, _, rendering) => last(value, rendering) },
  length: SIZE,
  list: { takes: "", run: (value, _, { budget }) => [...iterate(value, budget)] },
  max: {
    takes: "case_sensitive= attribute=",
    run: (value, given, rendering) => extreme(value, ">", given, rendering),
  },
  min: {
    takes: "case_sensitive= attribute=",
    run: (value, given, rendering) => extreme(value, "<", given, rendering),
  },
  reverse: { takes: "", run: (value, _, rendering) => reverse(value, rendering) },
  slice: { takes: "slices fill_with=", run: (value, given, rendering) => lazy(slices(value, given, rendering)) },
  sort: { takes: "reverse= case_sensitive= attribute=", run: sort },
  sum: { takes: "attribute= start=", run: sum },
  unique: {
    takes: "case_sensitive= attribute=",
    run: (value, given, rendering) => lazy(unique(value, given, rendering)),
  },
};
