import { failure, missing } from "../template_error.ts";
import {
  lengthOf,
  pointsOf,
  SPACE,
  splitLines,
  splitSpaces,
  splitSpacesFromRight,
  strip,
} from "../values/code_points.ts";
import { isTrue, iterate } from "../values/containers.ts";
import { capitalize, isOfCase, isTitle, swapCase, title } from "../values/letter_case.ts";
import { formatBraces } from "../values/format_braces.ts";
import { countWork } from "../values/work.ts";
import type { Rendering, Value } from "../values/value.ts";
import { type Builtin, builtinTable, integerArgument, textArgument } from "./builtin.ts";
import { STRING_SEARCH } from "./string_search.ts";

const ALL_SPACES = new RegExp(`^[${SPACE}]+$`);
// Digits besides decimal ones: superscripts, circled ones and the like, which have no property of their own.
const PERHAPS_DIGITS = /[\p{No}]/u;
const PERHAPS_NUMBERS = /[\p{Lo}]/u;

/** Replaces parts of a text, the first ones if a count is given. */
export function replaceParts(self: string, old: string, by: string, most: number, { budget }: Rendering): string {
  if (old === "") budget.grow(self.length + Math.min(most < 0 ? Infinity : most, self.length + 1) * by.length);
  const pieces = old === "" ? ["", ...pointsOf(self), ""] : self.split(old);
  const times = most < 0 ? pieces.length - 1 : Math.min(most, pieces.length - 1);
  if (times === 0) return self;
  budget.grow(self.length + times * by.length);
  return pieces.slice(0, times + 1).join(by) + (times + 1 < pieces.length ? old : "") +
    pieces.slice(times + 1).join(old);
}

/** Puts a text in the middle of a number of characters, as CPython does where the rest is odd. */
export function center(self: string, width: number, fill: string, { budget }: Rendering): string {
  const rest = width - lengthOf(self);
  if (rest <= 0) return self;
  budget.grow(width);
  const left = Math.floor(rest / 2) + (rest & width & 1);
  return fill.repeat(left) + self + fill.repeat(rest - left);
}

function split(self: string, given: readonly (Value | undefined)[], fromRight: boolean, { budget }: Rendering): Value {
  const most = given[1] === undefined ? -1 : integerArgument(given[1]);
  budget.spend(Math.ceil(self.length / 16));
  if ((given[0] ?? null) === null) return fromRight ? splitSpacesFromRight(self, most) : splitSpaces(self, most);
  const separator = textArgument(given[0]);
  if (separator === "") throw failure("empty separator");
  if (!fromRight) return splitAt(self, separator, most);
  // From the right, overlapping separators are found at other places.
  const reversed = splitAt(reversedText(self), reversedText(separator), most);
  return reversed.map(reversedText).reverse();
}

function splitAt(self: string, separator: string, most: number): string[] {
  const pieces = self.split(separator);
  countWork(pieces.length);
  if (most < 0 || pieces.length <= most + 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(separator)];
}

function reversedText(text: string): string {
  return pointsOf(text).toReversed().join("");
}

function justified(self: string, given: readonly (Value | undefined)[], side: "left" | "right", rendering: Rendering) {
  const rest = integerArgument(given[0]!) - lengthOf(self);
  const fill = fillOf(given[1]);
  if (rest <= 0) return self;
  rendering.budget.grow(self.length + rest);
  return side === "left" ? self + fill.repeat(rest) : fill.repeat(rest) + self;
}

function fillOf(value: Value | undefined): string {
  const fill = value === undefined ? " " : textArgument(value);
  if (lengthOf(fill) !== 1) throw failure("The fill character must be exactly one character long");
  return fill;
}

function joinParts(self: string, value: Value, { budget }: Rendering): string {
  const parts = [...iterate(value, budget)].map(textArgument);
  budget.grow(parts.reduce((sum, part) => sum + part.length + self.length, 0));
  return parts.join(self);
}

function zeroFilled(self: string, width: Value | undefined, { budget }: Rendering): string {
  const rest = integerArgument(width!) - lengthOf(self);
  if (rest <= 0) return self;
  budget.grow(self.length + rest);
  const sign = /^[+-]/.exec(self)?.[0] ?? "";
  return sign + "0".repeat(rest) + self.slice(sign.length);
}

function expandTabs(self: string, size: number, { budget }: Rendering): string {
  let column = 0;
  return pointsOf(self).map((point) => {
    if (point === "\t") {
      const spaces = size > 0 ? size - column % size : 0;
      column += spaces;
      budget.grow(spaces);
      return " ".repeat(spaces);
    }
    column = point === "\n" || point === "\r" ? 0 : column + 1;
    return point;
  }).join("");
}

/** Asks for a kind of all characters, of which Python knows more than a pattern can. */
function consistsOf(self: string, kind: RegExp, perhaps: RegExp | null, method: string): boolean {
  if (self === "") return false;
  if (kind.test(self)) return true;
  if (perhaps?.test(self)) throw missing(`the method str.${method} of letters that may be numbers`);
  return false;
}

const stripping = (ends: "both" | "left" | "right"): Builtin<string> => ({
  takes: "chars= /",
  run: (self, [set]) => strip(self, ends, (set ?? null) === null ? null : textArgument(set)),
});
const simple = (run: (self: string) => Value): Builtin<string> => ({ takes: "", run: (self) => run(self) });

/** Methods of `str`. */
export const STRING_METHODS = builtinTable<string>({
  ...STRING_SEARCH,
  capitalize: simple(capitalize),
  casefold: simple((self) => {
    if (/[^\0-\x7f]/.test(self)) throw missing("the method str.casefold of letters beyond ASCII");
    return self.toLowerCase();
  }),
  center: {
    takes: "width fillchar= /",
    run: (self, [width, fill], rendering) => center(self, integerArgument(width!), fillOf(fill), rendering),
  },
  expandtabs: {
    takes: "tabsize=",
    run: (self, [size], rendering) => expandTabs(self, size === undefined ? 8 : integerArgument(size), rendering),
  },
  format: { takes: "*", run: (self, _, { budget }, all) => formatBraces(self, all, budget) },
  isalnum: simple((self) => consistsOf(self, /^[\p{L}\p{N}]+$/u, null, "isalnum")),
  isalpha: simple((self) => consistsOf(self, /^\p{L}+$/u, null, "isalpha")),
  isascii: simple((self) => /^[\0-\x7f]*$/.test(self)),
  isdecimal: simple((self) => consistsOf(self, /^\p{Nd}+$/u, null, "isdecimal")),
  isdigit: simple((self) => consistsOf(self, /^\p{Nd}+$/u, PERHAPS_DIGITS, "isdigit")),
  islower: simple((self) => isOfCase(self, "lower")),
  isnumeric: simple((self) => consistsOf(self, /^\p{N}+$/u, PERHAPS_NUMBERS, "isnumeric")),
  isspace: simple((self) => ALL_SPACES.test(self)),
  istitle: simple(isTitle),
  isupper: simple((self) => isOfCase(self, "upper")),
  join: { takes: "iterable /", run: (self, [parts], rendering) => joinParts(self, parts!, rendering) },
  ljust: { takes: "width fillchar= /", run: (self, given, rendering) => justified(self, given, "left", rendering) },
  lower: simple((self) => self.toLowerCase()),
  lstrip: stripping("left"),
  replace: {
    takes: "old new count= /",
    run: (self, [old, by, most], rendering) =>
      replaceParts(
        self,
        textArgument(old),
        textArgument(by),
        most === undefined ? -1 : integerArgument(most),
        rendering,
      ),
  },
  rjust: { takes: "width fillchar= /", run: (self, given, rendering) => justified(self, given, "right", rendering) },
  rsplit: { takes: "sep= maxsplit=", run: (self, given, rendering) => split(self, given, true, rendering) },
  rstrip: stripping("right"),
  split: { takes: "sep= maxsplit=", run: (self, given, rendering) => split(self, given, false, rendering) },
  splitlines: { takes: "keepends=", run: (self, [keep]) => splitLines(self, isTrue(keep ?? false)) },
  strip: stripping("both"),
  swapcase: simple(swapCase),
  title: simple(title),
  upper: simple((self) => self.toUpperCase()),
  zfill: { takes: "width /", run: (self, [width], rendering) => zeroFilled(self, width, rendering) },
}, "encode format_map isidentifier isprintable maketrans translate");
