import { failure } from "../template_error.ts";
import { isUndefined, type Rendering, type Value } from "../values/value.ts";
import { itemOf } from "./attributes.ts";

/** The `attribute` of a filter: names and numbers, one after the other. */
type Parts = readonly (string | bigint)[];

/** Makes a function that finds an item's attribute, the item itself if none is named. */
export function attributeGetter(
  attribute: Value | undefined,
  rendering: Rendering,
  otherwise: Value = null,
): (item: Value) => Value {
  const parts = partsOf(attribute);
  return (item) => {
    let at = item;
    for (const part of parts) {
      at = itemOf(at, part, rendering);
      if (otherwise !== null && isUndefined(at)) at = otherwise;
    }
    return at;
  };
}

/** Makes a function that finds what items are sorted by: the values of attributes with commas between. */
export function sortKey(attribute: Value | undefined, caseSensitive: boolean, rendering: Rendering) {
  const names = typeof attribute === "string" ? attribute.split(",") : [attribute];
  const getters = names.map((name) => attributeGetter(name, rendering));
  return (item: Value): Value => getters.map((get) => caseSensitive ? get(item) : ignoreCase(get(item)));
}

/** Makes texts lower case. */
export function ignoreCase(value: Value): Value {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function partsOf(attribute: Value | undefined): Parts {
  if (attribute === undefined || attribute === null) return [];
  if (typeof attribute === "bigint") return [attribute];
  if (typeof attribute !== "string") throw failure("an attribute must be a name or a number");
  return attribute.split(".").map((part) => /^\d+$/.test(part) ? BigInt(part) : part);
}
