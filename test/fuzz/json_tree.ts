/** JSON as it is written: keys may occur twice, and a leaf may be no JSON at all. */
export type Tree =
  | { readonly kind: "object"; readonly entries: [key: string, value: Tree][] }
  | { readonly kind: "list"; readonly items: Tree[] }
  | { readonly kind: "leaf"; readonly text: string };

/** Levels that the strict reader follows. */
const DEEPEST = 500;

const SPACE = /[ \t\n\r]*/y;
// deno-lint-ignore no-control-regex -- no text of JSON has them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LEAF = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Message about JSON that is nested so deeply that this reader leaves it to others. */
export const TOO_DEEP = "nested too deeply to be judged";

/**
 * Reads JSON by the grammar of RFC 8259, keys that occur twice included. Shares no code with the reader of src.
 *
 * @throws {Error} if it is no JSON, or nested too deeply
 */
export function readTree(text: string): Tree {
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found?.[0] ?? null;
  };
  const take = (character: string): boolean => {
    match(SPACE);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const demand = (found: boolean) => {
    if (!found) throw new Error(`no JSON at ${at}`);
  };
  const sequence = (end: string, one: () => void) => {
    if (take(end)) return;
    do one(); while (take(","));
    demand(take(end));
  };
  const value = (depth: number): Tree => {
    if (depth >= DEEPEST) throw new Error(TOO_DEEP);
    if (take("{")) {
      const entries: [string, Tree][] = [];
      sequence("}", () => {
        match(SPACE);
        const key = match(STRING);
        demand(key !== null && take(":"));
        entries.push([JSON.parse(key!), value(depth + 1)]);
      });
      return { kind: "object", entries };
    }
    if (take("[")) {
      const items: Tree[] = [];
      sequence("]", () => items.push(value(depth + 1)));
      return { kind: "list", items };
    }
    match(SPACE);
    const leaf = match(STRING) ?? match(LEAF);
    demand(leaf !== null);
    return { kind: "leaf", text: leaf! };
  };
  const tree = value(0);
  match(SPACE);
  demand(at === text.length);
  return tree;
}

/** Makes a tree of a value. */
export function treeOf(value: unknown): Tree {
  return readTree(JSON.stringify(value));
}

/**
 * Writes a tree, without recursion: it may be deep.
 *
 * @param gap white space before each key and item
 */
export function writeTree(tree: Tree, gap = ""): string {
  const parts: string[] = [];
  const left: (Tree | string)[] = [tree];
  while (left.length > 0) {
    const next = left.pop()!;
    if (typeof next === "string") parts.push(next);
    else if (next.kind === "leaf") parts.push(next.text);
    else if (next.kind === "list") {
      left.push("]");
      for (let i = next.items.length - 1; i >= 0; i--) left.push(next.items[i], i === 0 ? gap : `,${gap}`);
      left.push("[");
    } else {
      left.push("}");
      for (let i = next.entries.length - 1; i >= 0; i--) {
        const [key, value] = next.entries[i];
        left.push(value, `${i === 0 ? "" : ","}${gap}${JSON.stringify(key)}:`);
      }
      left.push("{");
    }
  }
  return parts.join("");
}

/** True if no object has a key twice. */
export function hasUniqueKeys(tree: Tree): boolean {
  if (tree.kind === "leaf") return true;
  if (tree.kind === "list") return tree.items.every(hasUniqueKeys);
  return new Set(tree.entries.map(([key]) => key)).size === tree.entries.length &&
    tree.entries.every(([, value]) => hasUniqueKeys(value));
}

/** Returns the value of a tree; of keys that occur twice the last. */
export function valueOf(tree: Tree): unknown {
  return JSON.parse(writeTree(tree));
}
