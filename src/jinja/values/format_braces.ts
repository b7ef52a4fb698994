import type { Budget } from "../budget.ts";
import { failure, missing } from "../template_error.ts";
import { lengthOf, pointsOf } from "./code_points.ts";
import { floatText } from "./float_text.ts";
import { characterOf, floatByLetter, integerByLetter } from "./number_formats.ts";
import { isNumber } from "./operators.ts";
import { represent, toText } from "./text.ts";
import { type Arguments, typeName, type Value } from "./value.ts";

const FIELD = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const SPEC = /^(?:(.)?([<>=^]))?([-+ ]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su;

/** A format's specification, behind the colon. */
interface Specification {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly width: number;
  readonly group: string;
  readonly precision: number | null;
  readonly letter: string;
}

/**
 * Formats values as Python's `str.format`. Attributes and items of fields, and fields within specifications, are
 * missing.
 *
 * @throws {TemplateError} if values and text do not fit
 */
export function formatBraces(pattern: string, { positional, named }: Arguments, budget: Budget): string {
  let automatic = 0;
  let manual = false;
  const valueOf = (name: string): Value => {
    if (/[.[]/.test(name)) throw missing("attributes in the fields of str.format");
    if (name !== "" && !/^\d+$/.test(name)) {
      const value = named.get(name);
      if (value === undefined) throw failure(`'${name}'`);
      return value;
    }
    if (name === "" ? manual : automatic > 0) throw failure("cannot mix automatic and manual field numbers");
    manual ||= name !== "";
    const value = positional[name === "" ? automatic++ : Number(name)];
    if (value === undefined) throw failure("Replacement index out of range for positional args tuple");
    return value;
  };
  return budget.made(pattern.replace(FIELD, (whole, field: string | undefined) => {
    if (whole === "{{" || whole === "}}") return whole[0];
    if (field === undefined) {
      if (whole === "}") throw failure("Single '}' encountered in format string");
      throw missing("fields within fields of str.format, or a brace without its partner");
    }
    const [, name, conversion, specification] = /^([^!:]*)(?:!([^:]*))?(?::(.*))?$/s.exec(field) ?? [];
    if (name === undefined) throw missing(`the field {${field}} of str.format`);
    const value = converted(valueOf(name), conversion);
    return budget.made(formatValue(value, specification ?? "", budget));
  }));
}

function converted(value: Value, conversion: string | undefined): Value {
  if (conversion === undefined) return value;
  if (conversion === "r") return represent(value);
  if (conversion === "s") return toText(value);
  throw missing(`the conversion !${conversion} of str.format`);
}

function formatValue(value: Value, text: string, budget: Budget): string {
  if (text === "") return toText(value);
  const specification = parse(text);
  budget.grow(specification.width);
  if (typeof value === "string") return formatText(value, specification);
  if (typeof value === "boolean") throw missing("formats of booleans");
  if (!isNumber(value)) throw failure(`unsupported format string passed to ${typeName(value)}.__format__`);
  return typeof value === "bigint" && !/[eEfFgG%]/.test(specification.letter)
    ? formatInteger(value, specification)
    : formatFloat(Number(value), specification);
}

function parse(text: string): Specification {
  const match = SPEC.exec(text);
  if (match === null) throw failure(`Invalid format specifier '${text}'`);
  const [, fill, align, sign, alternate, zero, width, group, precision, letter] = match;
  if (alternate !== "") throw missing("the flag # of a format");
  return {
    fill: fill ?? (zero === "0" ? "0" : " "),
    align: align ?? (zero === "0" ? "=" : ""),
    sign,
    width: Number(width),
    group,
    precision: precision === undefined ? null : Number(precision),
    letter,
  };
}

function formatText(value: string, { letter, sign, align, precision, group, ...rest }: Specification): string {
  if (letter !== "" && letter !== "s" || sign !== "" || group !== "" || align === "=") {
    throw failure("the format does not suit a 'str'");
  }
  const cut = precision === null ? value : pointsOf(value).slice(0, precision).join("");
  return aligned("", cut, { ...rest, align: align || "<" });
}

function formatInteger(value: bigint, specification: Specification): string {
  const { letter, precision, sign, group } = specification;
  if (precision !== null) throw failure("Precision not allowed in integer format specifier");
  if (letter === "c") return aligned("", characterOf(value), { ...specification, align: specification.align || "<" });
  if (!/^[dxXob]?$/.test(letter)) {
    throw letter === "n" ? missing("the format n") : failure(`Unknown format code '${letter}'`);
  }
  const digits = integerByLetter(value, letter);
  if (group !== "" && (letter !== "" && letter !== "d" || specification.align === "=")) {
    throw missing("such groups of digits");
  }
  return aligned(signText(value < 0n, sign), grouped(digits, group), {
    ...specification,
    align: specification.align || ">",
  });
}

function formatFloat(value: number, specification: Specification): string {
  const { letter, precision, sign, group } = specification;
  if (group !== "" && specification.align === "=") throw missing("such groups of digits");
  const size = Math.abs(value);
  const negative = value < 0 || Object.is(value, -0);
  const text = floatDigits(size, letter, precision);
  const [whole] = /^\d*/.exec(text)!;
  const digits = grouped(whole, group) + text.slice(whole.length);
  return aligned(signText(negative, sign), digits, { ...specification, align: specification.align || ">" });
}

function floatDigits(size: number, letter: string, precision: number | null): string {
  if (letter === "") {
    if (precision !== null) throw missing("a precision without a letter");
    return floatText(size);
  }
  if (letter === "%") return `${floatByLetter(size * 100, "f", precision)}%`;
  if (!/[eEfFgG]/.test(letter)) {
    throw letter === "n" ? missing("the format n") : failure(`Unknown format code '${letter}'`);
  }
  return floatByLetter(size, letter, precision);
}

function grouped(digits: string, group: string): string {
  return group === "" ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, group);
}

function signText(negative: boolean, sign: string): string {
  return negative ? "-" : sign === "-" ? "" : sign;
}

function aligned(
  sign: string,
  digits: string,
  { fill, align, width }: Pick<Specification, "fill" | "align" | "width">,
): string {
  const rest = Math.max(0, width - sign.length - lengthOf(digits));
  if (align === "<") return sign + digits + fill.repeat(rest);
  if (align === "=") return sign + fill.repeat(rest) + digits;
  if (align !== "^") return fill.repeat(rest) + sign + digits;
  const left = Math.floor(rest / 2);
  return fill.repeat(left) + sign + digits + fill.repeat(rest - left);
}
