import { failure, missing } from "../template_error.ts";
import { iterate } from "../values/containers.ts";
import { dateText } from "../values/date_text.ts";
import { isInteger } from "../values/operators.ts";
import { represent, toText } from "../values/text.ts";
import {
  type Arguments,
  type Callable,
  type Dict,
  dict,
  isList,
  range,
  type Rendering,
  type Thing,
  tuple,
  typeName,
  type Value,
} from "../values/value.ts";

/** Numbers that the sandbox lets a range have. */
const MOST_NUMBERS = 100_000;

/** Makes Jinja2's functions, and those that transformers adds for chats. */
export function globalFunctions(rendering: Rendering): ReadonlyMap<string, Value> {
  const one = (given: Arguments, name: string) => {
    const [value = given.named.get(name)] = given.positional;
    if (value === undefined || given.positional.length + given.named.size !== 1) {
      throw failure(`expected ${name} alone`);
    }
    return value;
  };
  const functions: Readonly<Record<string, (given: Arguments) => Value>> = {
    range: rangeOf,
    dict: (given) => dictOf(given, rendering),
    namespace: (given) => namespace(dictOf(given, rendering)),
    cycler: ({ positional }) => cycler(positional),
    joiner: joiner,
    lipsum: () => {
      throw missing("the function lipsum");
    },
    raise_exception: (given) => {
      throw failure(toText(one(given, "message")));
    },
    strftime_now(given) {
      const pattern = one(given, "format");
      if (typeof pattern !== "string") throw failure("strftime_now must have a text");
      return rendering.budget.made(dateText(pattern, rendering.now));
    },
  };
  return new Map(Object.entries(functions).map(([name, call]) => [name, makeCallable(name, call)]));
}

function makeCallable(name: string, call: Callable["call"]): Callable {
  return {
    kind: "callable",
    name,
    call,
    attribute(attribute) {
      if (name === "dict" && attribute === "fromkeys") throw missing("the function dict.fromkeys");
      return undefined;
    },
  };
}

function rangeOf({ positional, named }: Arguments): Value {
  if (named.size > 0 || positional.length < 1 || positional.length > 3) {
    throw failure("range expected 1 to 3 arguments");
  }
  const numbers = positional.map((value) => {
    if (!isInteger(value)) throw failure(`'${typeName(value)}' object cannot be interpreted as an integer`);
    return BigInt(value);
  });
  const [start, stop, step] = numbers.length === 1 ? [0n, numbers[0], 1n] : [numbers[0], numbers[1], numbers[2] ?? 1n];
  if (step === 0n) throw failure("range() arg 3 must not be zero");
  const made = range(start, stop, step);
  if (made.length > MOST_NUMBERS) {
    throw failure("Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
  }
  return made;
}

function dictOf({ positional, named }: Arguments, { budget }: Rendering): Dict {
  if (positional.length > 1) throw failure(`dict expected at most 1 argument, got ${positional.length}`);
  const [given] = positional;
  return dict([...given === undefined ? [] : pairsOf(given, budget), ...named]);
}

function pairsOf(value: Value, budget: Rendering["budget"]): (readonly [Value, Value])[] {
  if (value !== null && typeof value === "object" && !isList(value) && value.kind === "dict") {
    return [...value.entries.values()];
  }
  return [...iterate(value, budget)].map((pair) => {
    const items = [...iterate(pair, budget)];
    if (items.length !== 2) {
      throw failure(`dictionary update sequence element has length ${items.length}; 2 is required`);
    }
    return [items[0], items[1]] as const;
  });
}

function namespace(initial: Dict): Thing {
  const attributes = new Map<string, Value>();
  const assign = (name: string, value: Value) => {
    if (name.startsWith("_")) throw failure(`Chat templates cannot store '${name}' on a namespace`);
    attributes.set(name, value);
  };
  for (const [key, value] of initial.entries.values()) {
    if (typeof key !== "string") throw missing("namespaces with other keys than texts");
    assign(key, value);
  }
  let printing = false;
  return {
    kind: "thing",
    type: "Namespace",
    attribute: (name) => attributes.get(name),
    assign,
    text() {
      if (printing) throw missing("printing a namespace within itself");
      printing = true;
      try {
        return `<Namespace ${represent(dict(attributes))}>`;
      } finally {
        printing = false;
      }
    },
  };
}

function cycler(items: readonly Value[]): Thing {
  if (items.length === 0) throw failure("at least one item has to be provided");
  let place = 0;
  const attributes: Readonly<Record<string, () => Value>> = {
    current: () => items[place],
    items: () => tuple(items),
    pos: () => BigInt(place),
    next: () =>
      makeCallable("next", () => {
        const item = items[place];
        place = (place + 1) % items.length;
        return item;
      }),
    reset: () =>
      makeCallable("reset", () => {
        place = 0;
        return null;
      }),
  };
  return {
    kind: "thing",
    type: "Cycler",
    attribute: (name) => Object.hasOwn(attributes, name) ? attributes[name]() : undefined,
  };
}

function joiner({ positional, named }: Arguments): Thing {
  const [separator = named.has("sep") ? named.get("sep")! : ", "] = positional;
  let used = false;
  return {
    kind: "thing",
    type: "Joiner",
    attribute: (name) => name === "sep" ? separator : name === "used" ? used : undefined,
    call() {
      const shown = used ? separator : "";
      used = true;
      return shown;
    },
  };
}
