/** A part of a regular expression. */
export type PatternNode =
  /** One character of a class, as JavaScript's flag `v` writes it; null for a class that is not known. */
  | { readonly kind: "set"; readonly source: string | null }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly of: PatternNode; readonly min: number; readonly max: number }
  /** Matches no character: a place, or what stands before or behind it. */
  | { readonly kind: "look"; readonly of: PatternNode | null }
  /** Is not tried in another way once it has matched. */
  | { readonly kind: "atomic"; readonly of: PatternNode };

/** The rest of a pattern. */
interface Reader {
  readonly text: string;
  at: number;
}

const ANCHOR = /[\^$]|\\[bBAzZG]/y;
const GROUP = /\((?:\?(?:(:|[imsx-]*:|<[A-Za-z_]\w*>|'[A-Za-z_]\w*')|(=|!|<=|<!)|(>)))?/y;
const COUNT = /([*+?])|\{(\d*)(,?)(\d*)\}/y;
const PROPERTY = /\\([pP])\{(\^?)([\w =-]+)\}/y;
const CHARACTER = /\\x\{([\da-fA-F]{1,6})\}|\\x([\da-fA-F]{1,2})|\\u([\da-fA-F]{4})|\\(0[0-7]{0,2})/y;
const POSIX = /\[:(\w+):\]/y;

/** Classes of one letter, as the library's regular expressions have them for Unicode. */
const LETTERS: Readonly<Record<string, string>> = {
  s: "[\\p{White_Space}]",
  S: "[^\\p{White_Space}]",
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  w: "[\\p{L}\\p{M}\\p{N}\\p{Pc}]",
  W: "[^\\p{L}\\p{M}\\p{N}\\p{Pc}]",
  h: "[\\da-fA-F]",
  H: "[^\\da-fA-F]",
};
const CONTROLS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  f: "\f",
  v: "\v",
  a: "\x07",
  e: "\x1b",
};

/**
 * Parses a regular expression of the tokenizers' library, as far as splitting patterns need it.
 *
 * @throws {SyntaxError} if it has parts that are not known, whose message is their text
 */
export function parsePattern(text: string): PatternNode {
  const reader = { text, at: 0 };
  const node = parseChoice(reader);
  if (reader.at < text.length) throw new SyntaxError(text.slice(reader.at, reader.at + 20));
  return node;
}

function parseChoice(reader: Reader): PatternNode {
  const parts = [parseSequence(reader)];
  while (take(reader, "|")) parts.push(parseSequence(reader));
  return parts.length === 1 ? parts[0] : { kind: "choice", parts };
}

function parseSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.at < reader.text.length && !"|)".includes(reader.text[reader.at])) parts.push(parseRepeat(reader));
  return parts.length === 1 ? parts[0] : { kind: "sequence", parts };
}

function parseRepeat(reader: Reader): PatternNode {
  let node = parseAtom(reader);
  for (let count = match(reader, COUNT); count !== null; count = match(reader, COUNT)) {
    const [whole, sign, from, comma, to] = count;
    if (whole === "{}" || whole === "{,}") throw new SyntaxError(whole);
    const least = sign === undefined ? Number(from || 0) : sign === "+" ? 1 : 0;
    const most = sign === undefined
      ? (comma === "" ? least : to === "" ? Infinity : Number(to))
      : sign === "?"
      ? 1
      : Infinity;
    node = { kind: "repeat", of: node, min: least, max: most };
    if (sign !== undefined && take(reader, "+")) node = { kind: "atomic", of: node };
    else take(reader, "?");
  }
  return node;
}

function parseAtom(reader: Reader): PatternNode {
  if (match(reader, ANCHOR) !== null) return { kind: "look", of: null };
  const group = match(reader, GROUP);
  if (group !== null) {
    const [whole, flags, look, atomic] = group;
    if (flags?.includes("x") && flags.endsWith(":") || whole === "(" && reader.text[reader.at] === "?") {
      throw new SyntaxError(reader.text.slice(reader.at - whole.length, reader.at + 10));
    }
    const of = parseChoice(reader);
    if (!take(reader, ")")) throw new SyntaxError(whole);
    return look !== undefined ? { kind: "look", of } : atomic !== undefined ? { kind: "atomic", of } : of;
  }
  if (reader.text[reader.at] === "[") return { kind: "set", source: parseClass(reader) };
  if (take(reader, ".")) return { kind: "set", source: "[^\\n]" };
  return { kind: "set", source: parseMember(reader) };
}

/** Parses a class with its brackets. */
function parseClass(reader: Reader): string | null {
  take(reader, "[");
  const negated = take(reader, "^") ? "^" : "";
  const members: string[] = [];
  let known = true;
  let source = "";
  const close = () => `[${members.splice(0).join("")}]`;
  for (let first = true; first || reader.text[reader.at] !== "]"; first = false) {
    if (reader.at >= reader.text.length) throw new SyntaxError(reader.text.slice(-20));
    if (reader.text.startsWith("&&", reader.at)) {
      reader.at += 2;
      source += `${close()}&&`;
      continue;
    }
    const member = parseMemberOrRange(reader);
    known &&= member !== null;
    members.push(member ?? "");
  }
  take(reader, "]");
  return known ? `[${negated}${source}${source === "" ? members.join("") : close()}]` : null;
}

function parseMemberOrRange(reader: Reader): string | null {
  const posix = match(reader, POSIX);
  if (posix !== null) return null;
  if (reader.text[reader.at] === "[") return parseClass(reader);
  const from = parseMember(reader);
  const next = reader.text[reader.at + 1];
  if (reader.text[reader.at] !== "-" || next === "]" || next === "[" || from === null || !from.startsWith("\\u{")) {
    return from;
  }
  take(reader, "-");
  return `${from}-${parseMember(reader)}`;
}

/** Parses one character or a class of one letter. */
function parseMember(reader: Reader): string | null {
  const property = match(reader, PROPERTY);
  if (property !== null) return propertySource(property[1] === "P" !== (property[2] === "^"), property[3]);
  const code = match(reader, CHARACTER);
  if (code !== null) return written(parseInt(code[1] ?? code[2] ?? code[3] ?? code[4], code[4] === undefined ? 16 : 8));
  const character = String.fromCodePoint(reader.text.codePointAt(reader.at)!);
  if (character !== "\\") {
    reader.at += character.length;
    return written(character.codePointAt(0)!);
  }
  const escaped = String.fromCodePoint(reader.text.codePointAt(reader.at + 1) ?? 0);
  // References, calls, and what matches several characters.
  if (/[1-9kgRXKNOCMcyY]/.test(escaped)) throw new SyntaxError(`\\${escaped}`);
  reader.at += 1 + escaped.length;
  return LETTERS[escaped] ?? written((CONTROLS[escaped] ?? escaped).codePointAt(0)!);
}

/** Returns the class of a property, null for a name that JavaScript does not know. */
function propertySource(negated: boolean, name: string): string | null {
  const letter = negated ? "P" : "p";
  const sources = [`\\${letter}{${name}}`, `\\${letter}{Script=${name}}`];
  return sources.find((source) => {
    try {
      return new RegExp(source, "v") !== null;
    } catch {
      return false;
    }
  }) ?? null;
}

function written(point: number): string {
  return `\\u{${point.toString(16)}}`;
}

function take(reader: Reader, character: string): boolean {
  const found = reader.text[reader.at] === character;
  if (found) reader.at++;
  return found;
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found !== null) reader.at += found[0].length;
  return found;
}
