import type { Budget } from "../budget.ts";
import { failure } from "../template_error.ts";
import { compareForSort } from "./comparison.ts";
import { floatText } from "./float_text.ts";
import { isNumber } from "./operators.ts";
import { type Dict, isList, typeName, type Value } from "./value.ts";

/** The form of a JSON text. */
interface JsonForm {
  readonly ascii: boolean;
  /** Beginning of the lines of each level; null for one line. */
  readonly indent: string | null;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * Writes a value as Python's `json.dumps`.
 *
 * @throws {TemplateError} if it is none of JSON's
 */
export function jsonText(value: Value, form: JsonForm, budget: Budget): string {
  const write = (value: Value, level: number): string => {
    budget.spend(1);
    if (value === null) return "null";
    if (typeof value === "boolean") return String(value);
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "number") return jsonFloat(value);
    if (typeof value === "string") return budget.made(jsonString(value, form.ascii));
    if (isList(value)) return enclosed("[]", value, level);
    if (value.kind === "tuple") return enclosed("[]", value.items, level);
    if (value.kind === "markup") return budget.made(jsonString(value.text, form.ascii));
    if (value.kind !== "dict") throw failure(`Object of type ${typeName(value)} is not JSON serializable`);
    return members(value, level);
  };
  const parts = (brackets: string, parts: readonly string[], level: number) => {
    if (parts.length === 0) return brackets;
    const lineOf = (depth: number) => form.indent === null ? "" : `\n${form.indent.repeat(depth)}`;
    budget.grow(parts.length * lineOf(level + 1).length);
    const separator = form.itemSeparator + lineOf(level + 1);
    return budget.made(brackets[0] + lineOf(level + 1) + parts.join(separator) + lineOf(level) + brackets[1]);
  };
  const enclosed = (brackets: string, items: readonly Value[], level: number) =>
    parts(brackets, items.map((item) => write(item, level + 1)), level);
  const members = ({ entries }: Dict, level: number) => {
    const pairs = [...entries.values()];
    if (form.sortKeys) pairs.sort(([a], [b]) => compareForSort(a, b));
    return parts(
      "{}",
      pairs.map(([key, value]) => keyText(key, form) + form.keySeparator + write(value, level + 1)),
      level,
    );
  };
  return write(value, 0);
}

function keyText(key: Value, form: JsonForm): string {
  if (typeof key === "string") return jsonString(key, form.ascii);
  if (key === null) return '"null"';
  if (typeof key === "boolean") return `"${key}"`;
  if (isNumber(key)) return `"${typeof key === "bigint" ? key : jsonFloat(key)}"`;
  throw failure(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function jsonFloat(value: number): string {
  return Number.isFinite(value) ? floatText(value) : Number.isNaN(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

function jsonString(text: string, ascii: boolean): string {
  // deno-lint-ignore no-control-regex
  const pattern = ascii ? /["\\]|[^ -~]/g : /["\\\x00-\x1f]/g;
  const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(pattern, (character) => ESCAPES[character] ?? unit(character))}"`;
}
