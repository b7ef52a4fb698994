import { type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Node } from "npm:yaml@2";

/** Characters of a file: a hundred long prompts. */
const MOST_CHARACTERS = 1 << 22;
/** Signs, words and spaces that it is made of: about 40,000 lines. Each may take as long as a long prompt. */
const MOST_TOKENS = 250_000;
/** Values, each as often as an alias brings it. */
const MOST_VALUES = 200_000;
/** Levels of lists and mappings; an experiment has six. */
const MOST_LEVELS = 64;

/** A mistake of a file as a whole, with the place where it was found. */
export interface Flaw {
  /** "expected …, got …" */
  readonly text: string;
  /** Offset into the file. */
  readonly offset: number;
}

/** Returns what is wrong with the size of a YAML text, null if it may be read. */
export function sizeFlaw(text: string): Flaw | null {
  if (text.length > MOST_CHARACTERS) {
    return { text: `expected at most ${MOST_CHARACTERS} characters, got ${text.length}`, offset: 0 };
  }
  let tokens = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MOST_TOKENS) return { text: `expected at most ${MOST_TOKENS} signs and words, got more`, offset };
    offset += token.length;
  }
  return null;
}

/** Sentence about a file of too many levels. */
export const TOO_DEEP = `expected at most ${MOST_LEVELS} levels of lists and mappings, got more`;

/** A part of a document, converted. */
interface Converted {
  readonly value: unknown;
  /** Values in it. */
  readonly values: number;
}

/**
 * Converts a document to plain data. Mappings have all keys as their own, `__proto__` too, each once; an alias stands
 * for the latest anchor of its name before it, and what it brings is counted.
 *
 * @returns the data, or the flaw for which there are none
 */
export function plainData(document: Document): { readonly data: unknown } | { readonly flaw: Flaw } {
  try {
    return { data: convert(document.contents, { anchors: new Map(), open: new Set(), left: MOST_VALUES }).value };
  } catch (error) {
    if (error instanceof FlawFound) return { flaw: error.flaw };
    throw error;
  }
}

class FlawFound extends Error {
  constructor(readonly flaw: Flaw) {
    super(flaw.text);
  }
}

interface Around {
  readonly anchors: Map<string, { readonly node: Node; converted?: Converted }>;
  /** Lists and mappings around. */
  readonly open: Set<Node>;
  /** Values that further aliases may bring. */
  left: number;
}

function convert(node: unknown, around: Around): Converted {
  if (isAlias(node)) return aliased(node.source, offsetOf(node), around);
  if (isScalar(node) || node === null || node === undefined) {
    const made = { value: node?.value ?? null, values: 1 };
    if (node?.anchor !== undefined) around.anchors.set(node.anchor, { node, converted: made });
    count(1, offsetOf(node), around);
    return made;
  }
  if (!isSeq(node) && !isMap(node)) throw flawed("expected a list, a mapping or a value, got something else", node);
  const anchored: { readonly node: Node; converted?: Converted } = { node };
  if (node.anchor !== undefined) around.anchors.set(node.anchor, anchored);
  if (around.open.size === MOST_LEVELS) throw flawed(TOO_DEEP, node);
  around.open.add(node);
  count(1, offsetOf(node), around);
  const made = isSeq(node) ? list(node.items, around) : mapping(node.items, around);
  around.open.delete(node);
  return anchored.converted = { ...made, values: made.values + 1 };
}

function aliased(name: string, offset: number, around: Around): Converted {
  const found = around.anchors.get(name);
  if (found === undefined) {
    throw new FlawFound({ text: `expected an anchor &${name} before *${name}, got none`, offset });
  }
  if (found.converted === undefined) {
    throw new FlawFound({ text: `expected *${name} outside of what it stands for, got it within`, offset });
  }
  count(found.converted.values, offset, around);
  return found.converted;
}

/** Counts values: data that aliases repeat are walked as often as they stand. */
function count(values: number, offset: number, around: Around): void {
  around.left -= values;
  if (around.left >= 0) return;
  throw new FlawFound({ text: `expected at most ${MOST_VALUES} values, got more`, offset });
}

function list(items: readonly unknown[], around: Around): Converted {
  const parts = items.map((item) => convert(item, around));
  return { value: parts.map(({ value }) => value), values: valuesOf(parts) };
}

function mapping(items: readonly { readonly key: unknown; readonly value: unknown }[], around: Around): Converted {
  const value: Record<string, unknown> = {};
  const parts = items.map(({ key, value: child }) => {
    const name = isScalar(key) ? String(key.value ?? "") : null;
    if (name === null) throw flawed("expected a key that is a word, got a list, a mapping or an alias", key);
    if (Object.hasOwn(value, name)) throw flawed(`${name}: expected each key once, got it again`, key);
    const part = convert(child, around);
    // Assigned, the key __proto__ would be none.
    Object.defineProperty(value, name, { value: part.value, enumerable: true, writable: true, configurable: true });
    return part;
  });
  return { value, values: valuesOf(parts) };
}

function valuesOf(parts: readonly Converted[]): number {
  return parts.reduce((sum, { values }) => sum + values, 0);
}

function flawed(text: string, node: unknown): FlawFound {
  return new FlawFound({ text, offset: offsetOf(node) });
}

function offsetOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0;
}
