import { failure, missing } from "../template_error.ts";
import { isTrue, iterate } from "../values/containers.ts";
import { type Arguments, isUndefined, lazy, type Rendering, type Value } from "../values/value.ts";
import { type Builtin, type BuiltinTable, builtinTable, callBuiltin, MISSING } from "./builtin.ts";
import { attributeOf, itemOf, ownAttribute } from "./attributes.ts";
import { attributeGetter } from "./filter_keys.ts";
import { FILTERS_OF_ITEMS } from "./filters_of_items.ts";
import { FILTERS_OF_NUMBERS } from "./filters_of_numbers.ts";
import { FILTERS_OF_TEXTS } from "./filters_of_texts.ts";
import { testTable } from "./tests.ts";

/** Jinja2's filters, those of the environment in which transformers renders chats. */
export const FILTERS: BuiltinTable<Value> = builtinTable<Value>({
  ...FILTERS_OF_ITEMS,
  ...FILTERS_OF_NUMBERS,
  ...FILTERS_OF_TEXTS,
  attr: { takes: "name", run: (value, [name], rendering) => attributeAlone(value, name!, rendering) },
  map: { takes: "*", run: (value, _, rendering, all) => lazy(mapped(value, all, rendering)) },
  reject: selecting(false, false),
  rejectattr: selecting(true, false),
  select: selecting(false, true),
  selectattr: selecting(true, true),
}, "filesizeformat forceescape pprint random striptags urlencode urlize wordwrap xmlattr");

/** Jinja2's tests. */
export const TESTS: BuiltinTable<Value> = testTable(new Set(FILTERS.keys()));

/**
 * Applies a filter.
 *
 * @throws {TemplateError} if there is none of that name, or it refuses the value
 */
export function applyFilter(name: string, value: Value, given: Arguments, rendering: Rendering): Value {
  return apply("filter", FILTERS.get(name), name, value, given, rendering);
}

/** Applies a test, as `applyFilter`. */
export function applyTest(name: string, value: Value, given: Arguments, rendering: Rendering): boolean {
  return isTrue(apply("test", TESTS.get(name), name, value, given, rendering));
}

function apply(
  kind: string,
  found: Builtin<Value> | typeof MISSING | undefined,
  name: string,
  value: Value,
  given: Arguments,
  rendering: Rendering,
): Value {
  if (found === undefined) throw failure(`No ${kind} named '${name}'.`);
  if (found === MISSING) throw missing(`the ${kind} ${name}`);
  return callBuiltin(name, found, value, given, rendering);
}

function attributeAlone(value: Value, name: Value, rendering: Rendering): Value {
  if (typeof name !== "string") throw failure("attribute name must be a text");
  const has = isUndefined(value) || ownAttribute(value, name, rendering) !== undefined;
  // An item is none; what there is not is undefined.
  return has ? attributeOf(value, name, rendering) : itemOf([], name, rendering);
}

function* mapped(value: Value, { positional, named }: Arguments, rendering: Rendering): Generator<Value> {
  if (!isTrue(value)) return;
  const convert = mapping(positional, named, rendering);
  for (const item of iterate(value, rendering.budget)) yield convert(item);
}

function mapping(positional: readonly Value[], named: ReadonlyMap<string, Value>, rendering: Rendering) {
  const attribute = named.get("attribute");
  if (positional.length === 0 && attribute !== undefined) {
    for (const key of named.keys()) {
      if (key !== "attribute" && key !== "default") throw failure(`Unexpected keyword argument '${key}'`);
    }
    return attributeGetter(attribute, rendering, named.get("default") ?? null);
  }
  const [name, ...rest] = positional;
  if (name === undefined) throw failure("map requires a filter argument");
  return (item: Value) => applyFilter(nameOf(name), item, { positional: rest, named }, rendering);
}

/** Makes a filter that keeps the items, or the attributes of items, that a test holds for, or for which it does not. */
function selecting(ofAttribute: boolean, kept: boolean): Builtin<Value> {
  return {
    takes: "*",
    run: (value, _, rendering, all) => lazy(selected(value, all, rendering, ofAttribute, kept)),
  };
}

function* selected(
  value: Value,
  { positional, named }: Arguments,
  rendering: Rendering,
  ofAttribute: boolean,
  kept: boolean,
): Generator<Value> {
  if (!isTrue(value)) return;
  if (ofAttribute && positional.length === 0) throw failure("Missing parameter for attribute name");
  const get = attributeGetter(ofAttribute ? positional[0] : undefined, rendering);
  const [name, ...rest] = positional.slice(ofAttribute ? 1 : 0);
  const holds = (item: Value) =>
    name === undefined ? isTrue(item) : applyTest(nameOf(name), item, { positional: rest, named }, rendering);
  for (const item of iterate(value, rendering.budget)) if (holds(get(item)) === kept) yield item;
}

function nameOf(value: Value): string {
  if (typeof value !== "string") throw failure("No filter or test of that name.");
  return value;
}
