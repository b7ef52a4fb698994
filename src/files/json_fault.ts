/** Levels of lists and objects that a JSON text may have: far beyond any file's, and few enough to be walked. */
export const MOST_LEVELS = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/** Returns the number of levels of a valid JSON text, at most `MOST_LEVELS` + 1. */
export function levelsOf(json: string): number {
  let [levels, deepest, inText] = [0, 0, false];
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (inText) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (OPENING[0] === code || OPENING[1] === code) {
      levels++;
      if (levels > deepest) deepest = levels;
      if (levels > MOST_LEVELS) return levels;
    } else if (CLOSING[0] === code || CLOSING[1] === code) levels--;
  }
  return deepest;
}

/** White space of JSON. */
const SPACE = /[ \t\n\r]*/y;
const OTHER = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
const ESCAPE = /(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Characters of the wrong place that are shown. */
const SHOWN = 12;

/** Says where a text stops to be JSON: `"x…" in line 3, column 5`, or `an end in line 3`. */
export function jsonFault(text: string): string {
  const at = faultAt(text);
  const before = text.slice(0, at).split("\n");
  if (at >= text.length) return text.trim() === "" ? "nothing" : `an end in line ${before.length}`;
  const rest = text.slice(at, at + SHOWN);
  const shown = JSON.stringify(rest.split("\n")[0] || rest.slice(0, 1));
  return `${shown} in line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** Expected next: a value, a key, what follows them. */
type State = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/** Finds the first position from which on the text is no JSON. */
function faultAt(text: string): number {
  const around: ("[" | "{")[] = [];
  let state: State = "value";
  let at = 0;
  while (true) {
    at = endOf(SPACE, text, at);
    const sign = "[]{},:".includes(text[at]) ? text[at] : null;
    const end = sign !== null ? at + 1 : text.charCodeAt(at) === QUOTE ? stringEnd(text, at) : endOf(OTHER, text, at);
    if (at >= text.length || end <= at) return at;
    const next = step(state, sign ?? (text.charCodeAt(at) === QUOTE ? "string" : "other"), around);
    if (next === null) return at;
    [state, at] = [next, end];
  }
}

/** Returns the position behind a match at a position, or that position. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Returns the position behind the string at a position, or that position if it is none. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code < 0x20) return at;
    if (code !== BACKSLASH) continue;
    const end = endOf(ESCAPE, text, i + 1);
    if (end === i + 1) return at;
    i = end - 1;
  }
  return at;
}

/** Returns what is expected behind a token, null if it must not be there. Keeps the lists and objects around it. */
function step(state: State, found: string, around: ("[" | "{")[]): State | null {
  const isValue = state === "value" || state === "value or ]";
  if (found === "[" || found === "{") {
    if (!isValue) return null;
    around.push(found);
    return found === "[" ? "value or ]" : "key or }";
  }
  if (found === "]" || found === "}") {
    const fits = state === ", or end" || state === (found === "]" ? "value or ]" : "key or }");
    return fits && around.pop() === (found === "]" ? "[" : "{") ? ", or end" : null;
  }
  if (found === ":") return state === ":" ? "value" : null;
  if (found === ",") {
    return state !== ", or end" || around.length === 0 ? null : around.at(-1) === "[" ? "value" : "key";
  }
  if (isValue) return ", or end";
  return found === "string" && (state === "key" || state === "key or }") ? ":" : null;
}
