import { missing } from "../template_error.ts";
import { floatText } from "./float_text.ts";
import { countText, countWork } from "./work.ts";
import { type Dict, type DictView, isList, typeName, type Value } from "./value.ts";

/** Characters that `repr` escapes. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/**
 * Returns a value as Python's `str` has it, which is how a template prints it.
 *
 * @throws {TemplateError} if Python would print an address
 */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object" || isList(value)) return represent(value);
  if (value.kind === "markup") return value.text;
  if (value.kind === "undefined") return "";
  return represent(value);
}

/**
 * Returns a value as Python's `repr` has it, which is how a list shows its items.
 *
 * @throws {TemplateError} if Python would print an address
 */
export function represent(value: Value): string {
  countWork(1);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return countText(quoted(value));
  if (isList(value)) return countText(`[${value.map(represent).join(", ")}]`);
  switch (value.kind) {
    case "tuple":
      return countText(`(${value.items.map(represent).join(", ")}${value.items.length === 1 ? "," : ""})`);
    case "dict":
      return countText(dictText(value));
    case "undefined":
      return "Undefined";
    case "view":
      return countText(viewText(value));
    case "range":
      return `range(${value.start}, ${value.stop}${value.step === 1n ? "" : `, ${value.step}`})`;
    case "callable":
      if (value.text !== undefined) return value.text;
      break;
    case "thing":
      if (value.text !== undefined) return value.text();
  }
  throw missing(`printing a value of type ${typeName(value)}`);
}

function dictText({ entries }: Dict): string {
  return `{${[...entries.values()].map(([key, value]) => `${represent(key)}: ${represent(value)}`).join(", ")}}`;
}

function viewText({ of, dict }: DictView): string {
  const items = [...dict.entries.values()].map(([key, value]) => {
    if (of === "items") return `(${represent(key)}, ${represent(value)})`;
    return represent(of === "keys" ? key : value);
  });
  return `dict_${of}([${items.join(", ")}])`;
}

/** Writes a text in quotes, as Python does. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const shown = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    const short = SHORT[character];
    if (short !== undefined) return short;
    return UNPRINTABLE.test(character) ? escaped(character.codePointAt(0)!) : character;
  });
  return quote + shown.join("") + quote;
}

function escaped(point: number): string {
  const [letter, digits] = point < 0x100 ? ["x", 2] : point < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${point.toString(16).padStart(digits as number, "0")}`;
}
