import { failure } from "../template_error.ts";
import { lengthOf, pointsOf } from "../values/code_points.ts";
import { isList, type Rendering, tuple, typeName, type Value } from "../values/value.ts";
import { type Builtin, integerArgument, textArgument } from "./builtin.ts";

/** The part of a text between two places, and the place of its first character. */
interface Part {
  readonly text: string;
  readonly start: number;
  /** False if the part begins behind the end of the text. */
  readonly within: boolean;
}

function partOf(text: string, start: Value | undefined, end: Value | undefined): Part {
  if ((start ?? null) === null && (end ?? null) === null) return { text, start: 0, within: true };
  const points = pointsOf(text);
  const place = (value: Value | undefined, otherwise: number) => {
    if ((value ?? null) === null) return otherwise;
    const at = integerArgument(value!);
    return at < 0 ? Math.max(at + points.length, 0) : at;
  };
  const from = place(start, 0);
  const to = Math.min(place(end, points.length), points.length);
  return { text: points.slice(from, to).join(""), start: from, within: from <= points.length && from <= to };
}

function placeIn(self: string, given: readonly (Value | undefined)[], last: boolean, { budget }: Rendering): bigint {
  const sought = textArgument(given[0]);
  const { text, start, within } = partOf(self, given[1], given[2]);
  budget.spend(Math.ceil(text.length / 16));
  const at = !within ? -1 : last ? text.lastIndexOf(sought) : text.indexOf(sought);
  return at < 0 ? -1n : BigInt(start + lengthOf(text.slice(0, at)));
}

function found(place: bigint): bigint {
  if (place < 0n) throw failure("substring not found");
  return place;
}

/** Asks whether a text begins or ends with another, or with one of a tuple. */
function hasAffix(self: string, given: readonly (Value | undefined)[], end: "start" | "end"): boolean {
  const affixes = affixesOf(given[0]);
  const { text, within } = partOf(self, given[1], given[2]);
  return within && affixes.some((one) => end === "start" ? text.startsWith(one) : text.endsWith(one));
}

function affixesOf(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (value !== null && typeof value === "object" && !isList(value) && value.kind === "tuple") {
    return value.items.map(textArgument);
  }
  throw failure(`first arg must be str or a tuple of str, not ${value === undefined ? "nothing" : typeName(value)}`);
}

function count(self: string, given: readonly (Value | undefined)[], { budget }: Rendering): bigint {
  const sought = textArgument(given[0]);
  const { text, within } = partOf(self, given[1], given[2]);
  budget.spend(Math.ceil(text.length / 16));
  if (!within) return 0n;
  return BigInt(sought === "" ? lengthOf(text) + 1 : text.split(sought).length - 1);
}

function parted(self: string, separator: Value | undefined, last: boolean): Value {
  const sought = textArgument(separator);
  if (sought === "") throw failure("empty separator");
  const at = last ? self.lastIndexOf(sought) : self.indexOf(sought);
  if (at < 0) return tuple(last ? ["", "", self] : [self, "", ""]);
  return tuple([self.slice(0, at), sought, self.slice(at + sought.length)]);
}

const PLACES = "sub start= end= /";

/** Methods of texts that look for other texts. */
export const STRING_SEARCH: Readonly<Record<string, Builtin<string>>> = {
  count: { takes: PLACES, run: (self, given, rendering) => count(self, given, rendering) },
  endswith: { takes: PLACES, run: (self, given) => hasAffix(self, given, "end") },
  find: { takes: PLACES, run: (self, given, rendering) => placeIn(self, given, false, rendering) },
  index: { takes: PLACES, run: (self, given, rendering) => found(placeIn(self, given, false, rendering)) },
  partition: { takes: "sep /", run: (self, [separator]) => parted(self, separator, false) },
  removeprefix: {
    takes: "prefix /",
    run(self, [prefix]) {
      const begin = textArgument(prefix);
      return self.startsWith(begin) ? self.slice(begin.length) : self;
    },
  },
  removesuffix: {
    takes: "suffix /",
    run(self, [suffix]) {
      const end = textArgument(suffix);
      return end !== "" && self.endsWith(end) ? self.slice(0, -end.length) : self;
    },
  },
  rfind: { takes: PLACES, run: (self, given, rendering) => placeIn(self, given, true, rendering) },
  rindex: { takes: PLACES, run: (self, given, rendering) => found(placeIn(self, given, true, rendering)) },
  rpartition: { takes: "sep /", run: (self, [separator]) => parted(self, separator, true) },
  startswith: { takes: PLACES, run: (self, given) => hasAffix(self, given, "start") },
};
