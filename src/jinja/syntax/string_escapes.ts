import { failure, missing, type TemplateError } from "../template_error.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Replaces the escapes of a string by their characters, as Python's codec `unicode-escape`; an unknown one stays.
 *
 * @throws {TemplateError} if one is malformed
 */
export function unescapeString(text: string, line: number): string {
  return text.replace(/\\(?:([0-7]{1,3})|([xuU])([\da-fA-F]*)|([^]))/gu, (whole, octal, letter, digits, other) => {
    if (octal !== undefined) return character(parseInt(octal, 8), line);
    if (letter !== undefined) {
      const count = DIGITS[letter];
      if (digits.length < count) throw atLine(failure(`truncated \\${letter} escape`), line);
      return character(parseInt(digits.slice(0, count), 16), line) + digits.slice(count);
    }
    if (other === "N") throw atLine(missing("escapes \\N{…}"), line);
    // Jinja2 escapes what is not ASCII before it takes escapes away, and so escapes its backslash.
    if (other > "\x7f") return `\\${written(other.codePointAt(0))}`;
    return SIMPLE[other] ?? whole;
  });
}

function written(point: number): string {
  const [letter, digits] = point < 0x100 ? ["x", 2] : point < 0x10000 ? ["u", 4] : ["U", 8];
  return letter + point.toString(16).padStart(digits as number, "0");
}

function character(point: number, line: number): string {
  if (point > 0x10ffff) throw atLine(failure("illegal Unicode character"), line);
  if (point >= 0xd800 && point < 0xe000) throw atLine(missing("halves of surrogate pairs"), line);
  return String.fromCodePoint(point);
}

function atLine(error: TemplateError, line: number): TemplateError {
  error.line = line;
  return error;
}
