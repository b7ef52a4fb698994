import type { Budget } from "../budget.ts";
import { failure, missing } from "../template_error.ts";
import { lengthOf, pointsOf } from "./code_points.ts";
import { characterOf, floatByLetter, integerByLetter } from "./number_formats.ts";
import { asNumber, isNumber, toFloat } from "./operators.ts";
import { represent, toText } from "./text.ts";
import { isList, kindOf, typeName, type Value, valueAt } from "./value.ts";

const CONVERSION = /%(?:\(([^()]*)\))?([-+ 0#]*)(\d*)(?:\.(\d*))?[hlL]?(.?)/gsu;

/** The parts of a format behind its `%`. */
interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly letter: string;
}

/**
 * Formats values as Python's `%` of a text.
 *
 * @throws {TemplateError} if values and text do not fit
 */
export function formatPercent(pattern: string, values: Value, budget: Budget): string {
  const inTuple = values !== null && typeof values === "object" && !isList(values) && values.kind === "tuple";
  const items = inTuple ? values.items : [values];
  let used = 0;
  let named = false;
  const next = (name: string | undefined) => {
    if (name !== undefined) {
      named = true;
      if (values === null || typeof values !== "object" || isList(values) || values.kind !== "dict") {
        throw failure("format requires a mapping");
      }
      const value = valueAt(values, name);
      if (value === undefined) throw failure(`'${name}'`);
      return value;
    }
    if (used >= items.length) throw failure("not enough arguments for format string");
    return items[used++];
  };
  const text = pattern.replace(CONVERSION, (_, name, flags, width, precision, letter) => {
    if (letter === "%") return "%";
    if (letter === "*" || letter === "(" || letter === ".") throw missing(`the format %${letter}`);
    const conversion = {
      flags,
      width: Number(width),
      precision: precision === undefined ? null : Number(precision),
      letter,
    };
    budget.grow(conversion.width + pattern.length);
    return budget.made(convert(next(name), conversion));
  });
  // A mapping, and what has items by key, may be left over.
  const mayRemain = named ||
    !inTuple && (isList(values) || ["dict", "range", "undefined"].includes(kindOf(values) ?? ""));
  if (used < items.length && !mayRemain) throw failure("not all arguments converted during string formatting");
  return budget.made(text);
}

function convert(value: Value, conversion: Conversion): string {
  const { letter, precision } = conversion;
  switch (letter) {
    case "s":
    case "r": {
      const text = letter === "s" ? toText(value) : represent(value);
      return padded("", precision === null ? text : pointsOf(text).slice(0, precision).join(""), conversion, false);
    }
    case "c":
      if (typeof value === "string" && lengthOf(value) === 1) return padded("", value, conversion, false);
      if (typeof value === "bigint") return padded("", characterOf(value), conversion, false);
      throw failure("%c requires int or char");
    case "d":
    case "i":
    case "u":
    case "x":
    case "X":
    case "o":
      return integer(value, conversion);
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return float(value, conversion);
    case "a":
      throw missing("the format %a");
  }
  throw failure(`unsupported format character '${letter}'`);
}

function integer(value: Value, conversion: Conversion): string {
  const { letter, precision, flags } = conversion;
  const decimal = "diu".includes(letter);
  if (!isNumber(value) || typeof value === "number" && !decimal) {
    throw failure(`%${letter} format: a number is required, not ${typeName(value)}`);
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw failure("cannot convert float to integer");
  const whole = typeof value === "number" ? BigInt(Math.trunc(value)) : BigInt(value);
  if (flags.includes("#") && !decimal) throw missing("the flag # of a format");
  if ((precision ?? 0) > 1000) throw missing("a precision of more than 1000");
  const digits = integerByLetter(whole, letter).padStart(precision ?? 0, "0");
  return padded(signBy(flags, whole < 0n), digits, conversion, true);
}

function float(value: Value, conversion: Conversion): string {
  if (!isNumber(value)) throw failure(`must be real number, not ${typeName(value)}`);
  const { letter, precision, flags } = conversion;
  if (flags.includes("#")) throw missing("the flag # of a format");
  const number = toFloat(asNumber(value));
  const negative = number < 0 || Object.is(number, -0);
  return padded(signBy(flags, negative), floatByLetter(number, letter, precision), conversion, true);
}

function signBy(flags: string, negative: boolean): string {
  return negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function padded(sign: string, digits: string, { flags, width }: Conversion, zeros: boolean): string {
  const rest = Math.max(0, width - sign.length - lengthOf(digits));
  if (flags.includes("-")) return sign + digits + " ".repeat(rest);
  return zeros && flags.includes("0") ? sign + "0".repeat(rest) + digits : " ".repeat(rest) + sign + digits;
}
