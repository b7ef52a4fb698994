import { failure, missing } from "../template_error.ts";
import { equal } from "../values/comparison.ts";
import { itemAt } from "../values/indexing.ts";
import {
  type Callable,
  type Dict,
  isList,
  type Rendering,
  tuple,
  typeName,
  type Undefined,
  undefinedValue,
  type Value,
  valueAt,
} from "../values/value.ts";
import { type BuiltinTable, builtinTable, callBuiltin, MISSING } from "./builtin.ts";
import { STRING_METHODS } from "./string_methods.ts";

const sequenceMethods = <T>(itemsOf: (self: T) => readonly Value[]) => ({
  count: {
    takes: "value /",
    run: (self: T, [value]: readonly (Value | undefined)[]) =>
      BigInt(itemsOf(self).filter((item) => equal(item, value!)).length),
  },
  index: {
    takes: "value /",
    run: (self: T, [value]: readonly (Value | undefined)[]) => {
      const place = itemsOf(self).findIndex((item) => equal(item, value!));
      if (place < 0) throw failure("the value is not in the sequence");
      return BigInt(place);
    },
  },
});

function valueIn(self: Dict, key: Value, otherwise: Value): Value {
  const value = valueAt(self, key);
  return value === undefined ? otherwise : value;
}

const LIST_METHODS = builtinTable<readonly Value[]>({
  ...sequenceMethods((self: readonly Value[]) => self),
  copy: { takes: "", run: (self) => self },
}, "");

const TUPLE_METHODS = builtinTable<{ readonly items: readonly Value[] }>(
  sequenceMethods((self: { readonly items: readonly Value[] }) => self.items),
  "",
);

const DICT_METHODS = builtinTable<Dict>({
  copy: { takes: "", run: (self) => self },
  get: { takes: "key default= /", run: (self, [key, otherwise = null]) => valueIn(self, key!, otherwise) },
  items: { takes: "", run: (dict) => ({ kind: "view", of: "items", dict }) },
  keys: { takes: "", run: (dict) => ({ kind: "view", of: "keys", dict }) },
  values: { takes: "", run: (dict) => ({ kind: "view", of: "values", dict }) },
}, "fromkeys");

const NUMBERS = "as_integer_ratio conjugate imag real";
const TABLES: Readonly<Record<string, BuiltinTable<never>>> = {
  bool: builtinTable({}, `${NUMBERS} bit_count bit_length denominator from_bytes numerator to_bytes`),
  dict: DICT_METHODS as BuiltinTable<never>,
  float: builtinTable({}, `${NUMBERS} fromhex hex is_integer`),
  int: builtinTable({}, `${NUMBERS} bit_count bit_length denominator from_bytes numerator to_bytes`),
  iterator: builtinTable({}, "send throw close gi_code gi_frame gi_running gi_suspended gi_yieldfrom"),
  list: LIST_METHODS as BuiltinTable<never>,
  range: builtinTable({}, "count index"),
  str: STRING_METHODS as BuiltinTable<never>,
  tuple: TUPLE_METHODS as BuiltinTable<never>,
  Markup: builtinTable({}, [...STRING_METHODS.keys(), "escape striptags unescape"].join(" ")),
  dict_keys: builtinTable({}, "isdisjoint mapping"),
  dict_items: builtinTable({}, "isdisjoint mapping"),
  dict_values: builtinTable({}, "mapping"),
};

/** Methods that change a value, which the sandbox refuses. */
const CHANGING: Readonly<Record<string, readonly string[]>> = {
  dict: ["clear", "pop", "popitem", "setdefault", "update"],
  list: ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"],
};

/** Attributes that every value of Python's has. */
const OF_OBJECTS = new Set(
  ("class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new reduce reduce_ex " +
    "repr setattr sizeof str subclasshook len contains getitem iter reversed").split(" ").map((name) => `__${name}__`),
);

/**
 * Returns `value.name` as a sandboxed environment does: an attribute first, then an item.
 *
 * @throws {TemplateError} if the value is undefined, or the attribute is missing here
 */
export function attributeOf(value: Value, name: string, rendering: Rendering): Value {
  const attribute = ownAttribute(value, name, rendering);
  const found = attribute === undefined ? itemAt(value, name) : attribute;
  return found === undefined ? absent(value, name) : found;
}

/** Returns `value[key]`: an item first, then an attribute. */
export function itemOf(value: Value, key: Value, rendering: Rendering): Value {
  const item = itemAt(value, key);
  if (item !== undefined) return item;
  const attribute = typeof key === "string" ? ownAttribute(value, key, rendering) : undefined;
  return attribute === undefined ? absent(value, key) : attribute;
}

/** Returns an attribute or method, undefined if the value has none of that name. */
export function ownAttribute(value: Value, name: string, rendering: Rendering): Value | undefined {
  if (OF_OBJECTS.has(name)) return unsafe(value, name);
  if (value !== null && typeof value === "object" && !isList(value)) {
    if (value.kind === "undefined") throw failure(value.message);
    if (value.kind === "thing") return value.attribute(name);
    if (value.kind === "callable") return value.attribute?.(name);
    if (value.kind === "range" && (name === "start" || name === "stop" || name === "step")) return value[name];
    if (value.kind === "tuple" && value.names?.includes(name)) return value.items[value.names.indexOf(name)];
  }
  const type = typeName(value);
  if (CHANGING[type]?.includes(name)) return unsafe(value, name);
  const method = TABLES[type]?.get(name);
  if (method === undefined) return undefined;
  if (method === MISSING) throw missing(`the attribute ${type}.${name}`);
  const bound: Callable = {
    kind: "callable",
    name,
    call: (given) => callBuiltin(name, method, value as never, given, rendering),
  };
  return bound;
}

/** Makes an undefined value whose use the sandbox refuses. */
function unsafe(value: Value, name: string): Undefined {
  return undefinedValue(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`);
}

function absent(value: Value, key: Value): Undefined {
  const type = value === null ? "None" : `${typeName(value)} object`;
  if (typeof key === "string") return undefinedValue(`'${type}' has no attribute '${key}'`);
  return undefinedValue(`${type} has no such element`);
}

/** Makes the items of `groupby`, which are tuples with names. */
export function group(grouper: Value, list: readonly Value[]): Value {
  return tuple([grouper, list], ["grouper", "list"]);
}
