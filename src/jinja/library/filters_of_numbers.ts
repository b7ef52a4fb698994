import { failure, missing } from "../template_error.ts";
import { isTrue } from "../values/containers.ts";
import { roundedQuotient, roundTo } from "../values/float_text.ts";
import { arithmetic, asNumber, isInteger, isNumber, toFloat } from "../values/operators.ts";
import { strip } from "../values/code_points.ts";
import { isUndefined, kindOf, type Rendering, typeName, type Value } from "../values/value.ts";
import { type Builtin, integerArgument } from "./builtin.ts";

type Given = readonly (Value | undefined)[];

const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const SPECIAL = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;
const PREFIX: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 16: "0x" };
/** Digits that Python makes a number of. */
const MOST_DIGITS = 4300;

function toInteger(value: Value, [otherwise = 0n, base = 10n]: Given): Value {
  if (isUndefined(value)) throw failure(value.message);
  if (isInteger(value)) return BigInt(value);
  if (typeof value === "string") {
    const whole = parseInteger(value, integerArgument(base));
    if (whole !== null) return whole;
  }
  const float = typeof value === "number" ? value : typeof value === "string" ? parseFloatText(value) : null;
  if (kindOf(value) === "markup") throw missing("the filter int of text that is marked safe");
  if (float === null || !Number.isFinite(float)) {
    if (typeof value === "number" && !Number.isNaN(value)) throw failure("cannot convert float infinity to integer");
    return otherwise;
  }
  return BigInt(Math.trunc(float));
}

function toFloatValue(value: Value, [otherwise = 0]: Given): Value {
  if (isUndefined(value)) throw failure(value.message);
  if (isNumber(value)) return toFloat(asNumber(value));
  if (kindOf(value) === "markup") throw missing("the filter float of text that is marked safe");
  return typeof value === "string" ? parseFloatText(value) ?? otherwise : otherwise;
}

function parseInteger(text: string, base: number): bigint | null {
  if (base !== 10 && PREFIX[base] === undefined) throw missing(`the filter int in base ${base}`);
  if (/[^\0-\x7f]/.test(strip(text, "both"))) throw missing("numbers of other digits than 0 to 9");
  const [, sign, digits] = /^([+-]?)(.*)$/s.exec(strip(text, "both").toLowerCase())!;
  const bare = PREFIX[base] !== undefined && digits.startsWith(PREFIX[base])
    ? digits.slice(2).replace(/^_/, "")
    : digits;
  const allowed = base === 2
    ? /^[01]+(_[01]+)*$/
    : base === 8
    ? /^[0-7]+(_[0-7]+)*$/
    : base === 16
    ? /^[\da-f]+(_[\da-f]+)*$/
    : /^\d+(_\d+)*$/;
  if (!allowed.test(bare) || bare.length > MOST_DIGITS) return null;
  const value = BigInt((PREFIX[base] ?? "") + bare.replaceAll("_", ""));
  return sign === "-" ? -value : value;
}

function parseFloatText(text: string): number | null {
  const bare = strip(text, "both");
  if (/[^\0-\x7f]/.test(bare)) throw missing("numbers of other digits than 0 to 9");
  const special = SPECIAL.exec(bare);
  if (special !== null) return special[2] !== undefined ? NaN : special[1] === "-" ? -Infinity : Infinity;
  return FLOAT.test(bare) ? Number(bare.replaceAll("_", "")) : null;
}

function round(value: Value, [precision = 0n, method = "common"]: Given, { budget }: Rendering): Value {
  if (isUndefined(value)) throw failure(value.message);
  if (method !== "common" && method !== "ceil" && method !== "floor") {
    throw failure("method must be common, ceil or floor");
  }
  if (!isNumber(value)) throw failure(`type ${typeName(value)} doesn't define __round__ method`);
  const number = asNumber(value);
  if (method === "common") {
    if (precision === null) return roundWhole(toFloat(number));
    const decimals = integerArgument(precision);
    return typeof number === "number" ? roundTo(number, decimals) : roundInteger(number, decimals);
  }
  const scale = arithmetic("**", 10n, precision, budget);
  const scaled = arithmetic("*", number, scale, budget);
  const whole = typeof scaled === "bigint" ? scaled : BigInt(checkedWhole(Math[method](scaled as number)));
  return arithmetic("/", whole, scale, budget);
}

function roundWhole(value: number): bigint {
  return BigInt(checkedWhole(roundTo(value, 0)));
}

function checkedWhole(value: number): number {
  if (!Number.isFinite(value)) throw failure("cannot convert float to integer");
  return value;
}

function roundInteger(value: bigint, decimals: number): bigint {
  if (decimals >= 0) return value;
  if (decimals < -MOST_DIGITS) return 0n;
  const unit = 10n ** BigInt(-decimals);
  const size = roundedQuotient(value < 0n ? -value : value, unit) * unit;
  return value < 0n ? -size : size;
}

function absolute(value: Value): Value {
  if (isUndefined(value)) throw failure(`bad operand type for abs(): 'Undefined'`);
  if (!isNumber(value)) throw failure(`bad operand type for abs(): '${typeName(value)}'`);
  const number = asNumber(value);
  return typeof number === "bigint" ? (number < 0n ? -number : number) : Math.abs(number);
}

/** Filters of numbers, and of any value. */
export const FILTERS_OF_NUMBERS: Readonly<Record<string, Builtin<Value>>> = {
  abs: { takes: "/", run: absolute },
  d: { takes: "default_value= boolean=", run: otherwise },
  default: { takes: "default_value= boolean=", run: otherwise },
  float: { takes: "default=", run: toFloatValue },
  int: { takes: "default= base=", run: toInteger },
  round: { takes: "precision= method=", run: round },
};

function otherwise(value: Value, [other = "", falseToo]: Given): Value {
  return isUndefined(value) || isTrue(falseToo ?? false) && !isTrue(value) ? other : value;
}
