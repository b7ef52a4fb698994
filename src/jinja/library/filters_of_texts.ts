import { failure, missing } from "../template_error.ts";
import { lengthOf, pointsOf, SPACE, splitLines, strip } from "../values/code_points.ts";
import { isTrue, lengthOfValue } from "../values/containers.ts";
import { formatPercent } from "../values/format_percent.ts";
import { jsonText } from "../values/json_text.ts";
import { capitalize } from "../values/letter_case.ts";
import { asMarkup, escapeHtml } from "../values/markup.ts";
import { toText } from "../values/text.ts";
import { dict, isList, isText, isUndefined, kindOf, type Rendering, tuple, type Value } from "../values/value.ts";
import { type Builtin, integerArgument, textArgument } from "./builtin.ts";
import { center, replaceParts } from "./string_methods.ts";

type Given = readonly (Value | undefined)[];

/** Characters between words, as Jinja's filter `title` has them, unlike Python's method. */
const BREAKS = `\\-(\\[{<${SPACE}`;
const WORD = new RegExp(`[${BREAKS}]+|[^${BREAKS}]+`, "g");
/** Characters beyond its length that `truncate` lets a text have. */
const LEEWAY = 5;

/** Takes any value as a text; one that is marked safe would stay so. */
function plain(value: Value, filter: string): string {
  if (kindOf(value) === "markup") throw missing(`the filter ${filter} of text that is marked safe`);
  return toText(value);
}

const textFilter = (name: string, run: (text: string) => string): Builtin<Value> => ({
  takes: "",
  run: (value) => run(plain(value, name)),
});

function titleWords(text: string): string {
  return text.replace(WORD, (word) => {
    const [first, ...rest] = pointsOf(word);
    return first.toUpperCase() + rest.join("").toLowerCase();
  });
}

function indent(value: Value, [width = 4n, first, blank]: Given, { budget }: Rendering): string {
  const text = textArgument(isUndefined(value) ? unusable(value.message) : value);
  const space = typeof width === "string" ? width : " ".repeat(checkedWidth(integerArgument(width), budget));
  const lines = splitLines(`${text}\n`);
  budget.grow(text.length + lines.length * space.length);
  const all = isTrue(blank ?? false);
  const shown = lines.map((line, i) => i > 0 && (all || line !== "") ? space + line : line).join("\n");
  return budget.made(isTrue(first ?? false) ? space + shown : shown);
}

function checkedWidth(width: number, budget: Rendering["budget"]): number {
  budget.grow(Math.max(0, width));
  return Math.max(0, width);
}

function unusable(message: string): never {
  throw failure(message);
}

function truncate(value: Value, [length = 255n, kill, end = "...", leeway]: Given): Value {
  const [most, ending] = [integerArgument(length), textArgument(end)];
  const spare = (leeway ?? null) === null ? LEEWAY : integerArgument(leeway!);
  if (most < lengthOf(ending) || spare < 0) throw failure("truncate must have room for its end");
  if (lengthOfValue(value) <= most + spare) return value;
  const text = textArgument(value);
  const cut = pointsOf(text).slice(0, most - lengthOf(ending)).join("");
  if (isTrue(kill ?? false)) return cut + ending;
  const space = cut.lastIndexOf(" ");
  return (space < 0 ? cut : cut.slice(0, space)) + ending;
}

function toJson(value: Value, [ascii, indent, separators, sortKeys]: Given, { budget }: Rendering): string {
  const space = indentOf(indent ?? null, budget);
  const [itemSeparator, keySeparator] = separatorsOf(separators ?? null) ?? [space === null ? ", " : ",", ": "];
  const form = {
    ascii: isTrue(ascii ?? false),
    indent: space,
    itemSeparator,
    keySeparator,
    sortKeys: isTrue(sortKeys ?? false),
  };
  return jsonText(value, form, budget);
}

function indentOf(value: Value, budget: Rendering["budget"]): string | null {
  if (value === null) return null;
  return typeof value === "string" ? value : " ".repeat(checkedWidth(integerArgument(value), budget));
}

function separatorsOf(value: Value): [string, string] | null {
  if (value === null) return null;
  const items = isList(value) ? value : typeof value === "object" && value.kind === "tuple" ? value.items : [];
  if (items.length !== 2) throw failure("separators must be two texts");
  return [textArgument(items[0]), textArgument(items[1])];
}

function escape(value: Value): Value {
  return asMarkup(value) ?? escapeHtml(toText(value));
}

/** Filters of texts, and of any value as a text. */
export const FILTERS_OF_TEXTS: Readonly<Record<string, Builtin<Value>>> = {
  capitalize: textFilter("capitalize", capitalize),
  center: {
    takes: "width=",
    run: (value, [width = 80n], rendering) => center(plain(value, "center"), integerArgument(width), " ", rendering),
  },
  e: { takes: "/", run: escape },
  escape: { takes: "/", run: escape },
  format: {
    takes: "*",
    run(value, _, { budget }, { positional, named }) {
      if (named.size > 0 && positional.length > 0) throw failure("can't handle positional and keyword arguments");
      return formatPercent(plain(value, "format"), named.size > 0 ? dict(named) : tuple(positional), budget);
    },
  },
  indent: { takes: "width= first= blank=", run: indent },
  lower: textFilter("lower", (text) => text.toLowerCase()),
  replace: {
    takes: "old new count=",
    run(value, [old, by, count], rendering) {
      const most = (count ?? null) === null ? -1 : integerArgument(count!);
      return replaceParts(toText(value), toText(old!), toText(by!), most, rendering);
    },
  },
  safe: {
    takes: "",
    run: (value) => isText(value) && typeof value !== "string" ? value : { kind: "markup", text: toText(value) },
  },
  string: { takes: "/", run: (value) => kindOf(value) === "markup" ? value : toText(value) },
  title: textFilter("title", titleWords),
  tojson: { takes: "ensure_ascii= indent= separators= sort_keys=", run: toJson },
  trim: {
    takes: "chars=",
    run: (value, [set]) => strip(plain(value, "trim"), "both", (set ?? null) === null ? null : textArgument(set)),
  },
  truncate: { takes: "length= killwords= end= leeway=", run: truncate },
  upper: textFilter("upper", (text) => text.toUpperCase()),
  wordcount: { takes: "", run: (value) => BigInt(plain(value, "wordcount").match(/[\p{L}\p{N}_]+/gu)?.length ?? 0) },
};
