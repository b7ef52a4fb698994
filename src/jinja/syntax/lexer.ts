import { failure, type TemplateError } from "../template_error.ts";
import { SPACE, strip } from "../values/code_points.ts";
import { unescapeString } from "./string_escapes.ts";

/** A token of a template: text between tags, the sign of a tag, or a word of an expression. */
export interface Token {
  readonly type:
    | "data"
    | "block_begin"
    | "block_end"
    | "variable_begin"
    | "variable_end"
    | "name"
    | "string"
    | "integer"
    | "float"
    | "operator"
    | "end";
  /** As it is written; of a string without quotes and escapes. */
  readonly text: string;
  readonly line: number;
}

/** Finds what tags hold, from a place on. All are linear in what they match. */
const WORDS = {
  space: new RegExp(`[${SPACE}]+`, "y"),
  float: /(?<!\.)\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?e[+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/iy,
  integer: /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy,
  name: /[\p{XID_Continue}\p{L}\p{N}]+/uy,
  operator: /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y,
} as const;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const RAW_BEGIN = new RegExp(`\\{%([-+]?)[${SPACE}]*raw[${SPACE}]*(?:-%\\}[${SPACE}]*|%\\})`, "y");
const RAW_END = new RegExp(`\\{%([-+]?)[${SPACE}]*endraw[${SPACE}]*(?:\\+%\\}|-%\\}[${SPACE}]*|%\\}\\n?)`, "y");
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}[${SPACE}]*|#\\}\\n?`, "y");
const BLOCK_END = new RegExp(`\\+%\\}|-%\\}[${SPACE}]*|%\\}\\n?`, "y");
const VARIABLE_END = new RegExp(`-\\}\\}[${SPACE}]*|\\}\\}`, "y");
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/** A place in a source. */
interface Reader {
  readonly source: string;
  at: number;
  line: number;
  /** True if what was read last ends a line. */
  fresh: boolean;
  readonly tokens: Token[];
}

/**
 * Divides a template into tokens, as Jinja2 does with `trim_blocks` and `lstrip_blocks`: line ends become line feeds,
 * the last one goes, a line feed behind a block goes, and white space between the start of a line and a block.
 *
 * @throws {TemplateError} if it has characters or brackets that no template may have
 */
export function tokenize(text: string): Token[] {
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const reader: Reader = { source, at: 0, line: 1, fresh: true, tokens: [] };
  while (reader.at < source.length) {
    const tag = nextTag(source, reader.at);
    if (tag < 0) {
      emit(reader, "data", source.slice(reader.at));
      break;
    }
    readTag(reader, tag);
  }
  reader.tokens.push({ type: "end", text: "", line: reader.line });
  return reader.tokens;
}

function nextTag(source: string, from: number): number {
  for (let at = source.indexOf("{", from); at >= 0; at = source.indexOf("{", at + 1)) {
    if (at + 1 < source.length && "%{#".includes(source[at + 1])) return at;
  }
  return -1;
}

function readTag(reader: Reader, tag: number): void {
  const { source } = reader;
  const raw = matchAt(RAW_BEGIN, source, tag);
  const kind = source[tag + 1];
  const next = source[tag + 2];
  const sign = raw !== null ? raw[1] : next === "-" || next === "+" ? next : "";
  readText(reader, tag, sign, kind !== "{" || raw !== null);
  const line = reader.line;
  consume(reader, raw?.[0] ?? source.slice(tag, tag + 2 + sign.length));
  if (raw !== null) readRaw(reader, line);
  else if (kind === "#") readComment(reader, line);
  else if (kind === "%") readExpression(reader, line, "block");
  else readExpression(reader, line, "variable");
}

/** Reads the text before a tag, without the white space that the tag's sign takes away. */
function readText(reader: Reader, end: number, sign: string, isBlock: boolean): void {
  const text = reader.source.slice(reader.at, end);
  let shown = text;
  if (sign === "-") shown = strip(text, "right");
  else if (sign !== "+" && isBlock) {
    const start = text.lastIndexOf("\n") + 1;
    const begins = start > 0 || reader.fresh;
    if (begins && start < text.length && strip(text.slice(start), "left") === "") shown = text.slice(0, start);
  }
  emit(reader, "data", shown);
  reader.line += countLines(text) - countLines(shown);
  reader.at = end;
}

function readRaw(reader: Reader, line: number): void {
  const { source } = reader;
  for (let at = source.indexOf("{%", reader.at); at >= 0; at = source.indexOf("{%", at + 1)) {
    const end = matchAt(RAW_END, source, at);
    if (end === null) continue;
    readText(reader, at, end[1], true);
    consume(reader, end[0]);
    return;
  }
  throw at("Missing end of raw directive", line);
}

function readComment(reader: Reader, line: number): void {
  const { source } = reader;
  const end = source.indexOf("#}", reader.at);
  if (end < 0) throw at("Missing end of comment tag", line);
  const sign = end > reader.at && "+-".includes(source[end - 1]) ? 1 : 0;
  consume(reader, source.slice(reader.at, end - sign));
  consume(reader, matchAt(COMMENT_END, source, reader.at)![0]);
}

function readExpression(reader: Reader, line: number, kind: "block" | "variable"): void {
  reader.tokens.push({ type: `${kind}_begin`, text: "", line });
  const end = kind === "block" ? BLOCK_END : VARIABLE_END;
  const open: string[] = [];
  while (reader.at < reader.source.length) {
    const close = open.length === 0 ? matchAt(end, reader.source, reader.at) : null;
    if (close !== null) {
      reader.tokens.push({ type: `${kind}_end`, text: "", line: reader.line });
      consume(reader, close[0]);
      return;
    }
    readWord(reader, open);
  }
}

function readWord(reader: Reader, open: string[]): void {
  const { source, line } = reader;
  const space = matchAt(WORDS.space, source, reader.at);
  if (space !== null) return consume(reader, space[0]);
  for (const type of ["float", "integer", "name"] as const) {
    const word = matchAt(WORDS[type], source, reader.at)?.[0];
    if (word === undefined) continue;
    if (type === "name" && !IDENTIFIER.test(word)) throw at("Invalid character in identifier", line);
    return emit(reader, type, word);
  }
  const quote = source[reader.at];
  const string = quote === "'" || quote === '"' ? stringAt(source, reader.at) : null;
  if (string !== null) {
    reader.tokens.push({ type: "string", text: unescapeString(string.slice(1, -1), line), line });
    return consume(reader, string);
  }
  const operator = matchAt(WORDS.operator, source, reader.at)?.[0];
  if (operator === undefined) throw at(`unexpected char ${JSON.stringify(quote)}`, line);
  if (CLOSING[operator] !== undefined) open.push(CLOSING[operator]);
  else if ("})]".includes(operator)) {
    const expected = open.pop();
    if (expected === undefined) throw at(`unexpected '${operator}'`, line);
    if (expected !== operator) throw at(`unexpected '${operator}', expected '${expected}'`, line);
  }
  emit(reader, "operator", operator);
}

/** Returns a string with its quotes, null if it does not end. */
function stringAt(source: string, start: number): string | null {
  for (let end = start + 1; end < source.length; end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === source[start]) return source.slice(start, end + 1);
  }
  return null;
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function emit(reader: Reader, type: Token["type"], text: string): void {
  if (text !== "") reader.tokens.push({ type, text, line: reader.line });
  consume(reader, text);
}

function consume(reader: Reader, text: string): void {
  reader.at += text.length;
  reader.line += countLines(text);
  if (text !== "") reader.fresh = text.endsWith("\n");
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function at(message: string, line: number): TemplateError {
  const error = failure(message);
  error.line = line;
  return error;
}
