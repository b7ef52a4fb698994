import { failure } from "../template_error.ts";
import { isTrue, sizeOf } from "../values/containers.ts";
import { equal } from "../values/comparison.ts";
import { type Arguments, type Callable, type Thing, tuple, undefinedValue, type Value } from "../values/value.ts";

/** A loop that runs: its items, and what its body sees as `loop`. */
interface Loop {
  /** Goes on to the next item; undefined behind the last. */
  next(): Value | undefined;
  readonly value: Thing;
}

/**
 * Starts a loop, as Jinja2's `LoopContext`.
 *
 * @param over the value that is looped over, whose length counts if it has one
 * @param items its items
 * @param recurse renders the loop's body for items within an item; null for a loop that is not recursive
 */
export function startLoop(
  over: Value,
  items: Iterator<Value>,
  recurse: ((over: Value) => Value) | null,
  depth0: number,
): Loop {
  let iterator = items;
  let index0 = -1;
  let current: Value | undefined;
  let before: Value | undefined;
  // undefined: not looked at; null: there is none.
  let ahead: { readonly item: Value } | null | undefined;
  let length: number | undefined;
  let changedTo: Value | undefined;
  const pull = () => {
    const step = iterator.next();
    return step.done ? null : { item: step.value };
  };
  const peek = () => ahead ??= pull();
  const lengthOf = () => {
    if (length !== undefined) return length;
    const known = sizeOf(over);
    if (known !== null) return length = known;
    const rest: Value[] = [];
    for (let step = iterator.next(); !step.done; step = iterator.next()) rest.push(step.value);
    iterator = rest[Symbol.iterator]();
    return length = rest.length + index0 + 1 + (ahead ? 1 : 0);
  };
  const method = (name: string, call: (given: Arguments) => Value): Callable => ({ kind: "callable", name, call });
  const attributes: Readonly<Record<string, () => Value>> = {
    changed: () =>
      method("changed", ({ positional }) => {
        const values = tuple(positional);
        if (changedTo !== undefined && equal(changedTo, values)) return false;
        changedTo = values;
        return true;
      }),
    cycle: () =>
      method("cycle", ({ positional }) => {
        if (positional.length === 0) throw failure("no items for cycling given");
        return positional[index0 % positional.length];
      }),
    depth: () => BigInt(depth0 + 1),
    depth0: () => BigInt(depth0),
    first: () => index0 === 0,
    index: () => BigInt(index0 + 1),
    index0: () => BigInt(index0),
    last: () => peek() === null,
    length: () => BigInt(lengthOf()),
    nextitem() {
      const next = peek();
      return next === null ? undefinedValue("there is no next item") : next.item;
    },
    previtem: () => index0 === 0 || before === undefined ? undefinedValue("there is no previous item") : before,
    revindex: () => BigInt(lengthOf() - index0),
    revindex0: () => BigInt(lengthOf() - index0 - 1),
  };
  const value: Thing = {
    kind: "thing",
    type: "LoopContext",
    attribute: (name) => Object.hasOwn(attributes, name) ? attributes[name]() : undefined,
    length: lengthOf,
    text: () => `<LoopContext ${index0 + 1}/${lengthOf()}>`,
    call({ positional: [items], named }) {
      if (recurse === null) throw failure("The loop must have the 'recursive' marker to be called recursively.");
      const given = items === undefined ? named.get("iterable") : items;
      if (given === undefined) throw failure("a recursive loop must be given items");
      return recurse(given);
    },
  };
  return {
    next() {
      const step = ahead === undefined ? pull() : ahead;
      ahead = undefined;
      if (step === null) return undefined;
      index0++;
      before = current;
      current = step.item;
      return current;
    },
    value,
  };
}

/** Keeps the items that a condition holds for, each only when it is asked for. */
export function* filtered(items: Iterable<Value>, holds: (item: Value) => Value): Generator<Value> {
  for (const item of items) if (isTrue(holds(item))) yield item;
}
