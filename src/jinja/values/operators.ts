import { type Budget, MOST_BITS } from "../budget.ts";
import { failure, missing, TemplateError } from "../template_error.ts";
import { asMarkup } from "./markup.ts";
import { isList, isUndefined, kindOf, tuple, typeName, type Value } from "./value.ts";

/** An operator of arithmetic. */
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Applies an operator of arithmetic as Python does. `%` of texts is the caller's.
 *
 * @throws {TemplateError} if Python refuses the values
 */
export function arithmetic(operator: ArithmeticOperator, left: Value, right: Value, budget: Budget): Value {
  for (const value of [left, right]) if (isUndefined(value)) throw failure(value.message);
  if (isNumber(left) && isNumber(right)) {
    const a = asNumber(left);
    const b = asNumber(right);
    if (typeof a === "bigint" && typeof b === "bigint") return ofIntegers(operator, a, b);
    return ofFloats(operator, toFloat(a), toFloat(b));
  }
  if (operator === "+") return joined(left, right, budget);
  if (operator === "*") {
    if (isInteger(right)) return repeated(left, right, budget);
    if (isInteger(left)) return repeated(right, left, budget);
  }
  if (operator === "%" && kindOf(left) === "markup") throw missing("a format that is marked safe");
  throw unsupported(operator, left, right);
}

/** Applies a sign. */
export function signed(sign: "+" | "-", value: Value): Value {
  if (isUndefined(value)) throw failure(value.message);
  if (!isNumber(value)) throw failure(`bad operand type for unary ${sign}: '${typeName(value)}'`);
  const number = asNumber(value);
  return sign === "+" ? number : -number;
}

/** True for whole numbers, floats and booleans, all of which Python counts with. */
export function isNumber(value: Value): value is boolean | bigint | number {
  return typeof value === "boolean" || typeof value === "bigint" || typeof value === "number";
}

/** True for whole numbers and booleans. */
export function isInteger(value: Value): value is boolean | bigint {
  return typeof value === "boolean" || typeof value === "bigint";
}

/** Takes a boolean as 0 or 1. */
export function asNumber(value: boolean | bigint | number): bigint | number {
  return typeof value === "boolean" ? BigInt(value) : value;
}

/** Makes a float of a number. */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(float)) throw failure("int too large to convert to float");
  return float;
}

function ofIntegers(operator: ArithmeticOperator, a: bigint, b: bigint): bigint | number {
  switch (operator) {
    case "+":
      return bounded(a + b);
    case "-":
      return bounded(a - b);
    case "*":
      return bounded(a * b);
    case "**":
      return power(a, b);
  }
  if (b === 0n) throw failure("division by zero");
  if (operator === "/") {
    if (magnitude(a) > LARGEST_EXACT || magnitude(b) > LARGEST_EXACT) throw missing("division of numbers beyond 2^53");
    return Number(a) / Number(b);
  }
  const quotient = a / b;
  const down = a % b !== 0n && (a < 0n) !== (b < 0n) ? 1n : 0n;
  return operator === "//" ? quotient - down : a - (quotient - down) * b;
}

function ofFloats(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "**":
      throw missing("powers of floats");
  }
  if (b === 0) throw failure("float division by zero");
  if (operator === "/") return a / b;
  const [quotient, rest] = divideFloats(a, b);
  return operator === "//" ? quotient : rest;
}

/** Divides as CPython's `_float_div_mod`, whose rest has the sign of the divisor. */
function divideFloats(a: number, b: number): [quotient: number, rest: number] {
  let rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0) {
    if ((b < 0) !== (rest < 0)) {
      rest += b;
      quotient -= 1;
    }
  } else rest = withSign(0, b);
  if (quotient === 0) return [withSign(0, a / b), rest];
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

function withSign(value: number, of: number): number {
  return of < 0 || Object.is(of, -0) ? -value : value;
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw missing("powers with negative exponents");
  const small = magnitude(base) <= 1n;
  if (!small && exponent * BigInt(base.toString(2).length) > 2 * MOST_BITS) throw tooLong();
  return bounded(base ** (small ? (exponent > 0n ? 2n - exponent % 2n : 0n) : exponent));
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function bounded(value: bigint): bigint {
  if (value !== BigInt.asIntN(MOST_BITS, value)) throw tooLong();
  return value;
}

function tooLong(): TemplateError {
  return new TemplateError("bound", `numbers of at most ${MOST_BITS} bits`);
}

function joined(left: Value, right: Value, budget: Budget): Value {
  if (typeof left === "string" && typeof right === "string") {
    budget.grow(left.length + right.length);
    return left + right;
  }
  const [a, b] = [asMarkup(left), asMarkup(right)];
  if (a !== null && b !== null) {
    budget.grow(a.text.length + b.text.length);
    return { kind: "markup", text: a.text + b.text };
  }
  if (isList(left) && isList(right)) {
    budget.spend(left.length + right.length);
    return [...left, ...right];
  }
  if (isTuple(left) && isTuple(right)) {
    budget.spend(left.items.length + right.items.length);
    return tuple([...left.items, ...right.items]);
  }
  throw unsupported("+", left, right);
}

function isTuple(value: Value): value is ReturnType<typeof tuple> {
  return kindOf(value) === "tuple";
}

function repeated(value: Value, times: boolean | bigint, budget: Budget): Value {
  const count = Number(times) > 0 ? Number(times) : 0;
  if (typeof value === "string") {
    budget.grow(value.length * count);
    return value.repeat(value === "" ? 0 : count);
  }
  const items = isList(value) ? value : isTuple(value) ? value.items : null;
  if (items === null) {
    if (kindOf(value) === "markup") throw missing("a repetition of text that is marked safe");
    throw unsupported("*", value, times);
  }
  budget.spend(items.length * count);
  const all = items.length === 0 ? [] : Array.from({ length: count }, () => items).flat();
  return isTuple(value) ? tuple(all) : all;
}

function unsupported(operator: string, left: Value, right: Value): TemplateError {
  return failure(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`);
}
