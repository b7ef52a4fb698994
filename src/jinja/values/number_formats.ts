import { failure, missing } from "../template_error.ts";
import { exponentText, fixedText, generalText } from "./float_text.ts";

/** Largest precision of a format, far beyond a float's digits. */
const MOST_DECIMALS = 400;

/** Writes the size of a float by a letter of C's: `f`, `e` or `g`, and their upper case. */
export function floatByLetter(value: number, letter: string, precision: number | null, keepZeros = false): string {
  const decimals = precision ?? 6;
  if (decimals > MOST_DECIMALS) throw missing(`a precision of more than ${MOST_DECIMALS}`);
  const size = Math.abs(value);
  const lower = letter.toLowerCase();
  const text = lower === "f"
    ? fixedText(size, decimals)
    : lower === "e"
    ? exponentText(size, decimals)
    : generalText(size, decimals, keepZeros);
  return letter === lower ? text : text.toUpperCase();
}

/** Writes the size of a whole number by a letter: `d`, `x`, `X`, `o` or `b`. */
export function integerByLetter(value: bigint, letter: string): string {
  const size = value < 0n ? -value : value;
  switch (letter) {
    case "x":
      return size.toString(16);
    case "X":
      return size.toString(16).toUpperCase();
    case "o":
      return size.toString(8);
    case "b":
      return size.toString(2);
    default:
      return size.toString();
  }
}

/** Returns the character of a number. */
export function characterOf(value: bigint): string {
  if (value < 0n || value > 0x10ffffn) throw failure("%c arg not in range(0x110000)");
  if (value >= 0xd800n && value < 0xe000n) throw missing("halves of surrogate pairs");
  return String.fromCodePoint(Number(value));
}
