import type { Dice } from "./dice.ts";
import type { Tree } from "./json_tree.ts";

/** Leaves that readers trip over: bounds of number types, other types, texts that mean something elsewhere. */
const AWKWARD_LEAVES: readonly string[] = [
  ..."0 -0 1 -1 2 3 0.5 -1.5 1e-300 1e39 1e308 1e400 -1e400 2147483647 4294967296 9007199254740991".split(" "),
  ..."9007199254740993 18446744073709551615 1000000 100000000 1e9 true false null [] {} [null] [[]]".split(" "),
  '""',
  '" "',
  '"0"',
  '"1"',
  '"NaN"',
  '"true"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u001b[31m"',
  '"\\u202e"',
  '"\\ufeff"',
  '"é"',
  '"e\\u0301"',
  '"../../../etc/passwd"',
  '"__proto__"',
  '{"toString":1}',
  '{"valueOf":null,"length":1}',
  '{"length":4294967296}',
];

const AWKWARD_KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "",
  " ",
  "\0",
  "\ud800",
  "\u202e",
  "0",
  "4294967296",
  "a.b",
  "é",
  "\n",
];

/** Levels, items and characters of what is made large. */
const DEEP = [10, 600, 20_000];
const MANY = [100, 3_000];
const LONG = [300, 70_000];

/** Lists every part of a tree. */
export function partsOf(tree: Tree): Tree[] {
  const parts = [tree];
  for (const part of parts) {
    if (part.kind === "list") { for (const item of part.items) parts.push(item); }
    if (part.kind === "object") { for (const [, value] of part.entries) parts.push(value); }
  }
  return parts;
}

/**
 * Changes one place of a tree, in place.
 *
 * @param donor of parts to put in
 */
export function mutateTree(tree: Tree, donor: Tree, dice: Dice): void {
  const holders = partsOf(tree).filter((part) => part.kind !== "leaf");
  const holder = dice.pick(holders.length > 0 ? holders : [tree]);
  if (holder.kind === "object") mutateObject(holder.entries, donor, dice);
  else if (holder.kind === "list") mutateList(holder.items, donor, dice);
}

function mutateObject(entries: [string, Tree][], donor: Tree, dice: Dice): void {
  const at = dice.below(Math.max(1, entries.length));
  const [key, value] = entries[at] ?? ["", leaf("0")];
  const other = () => dice.pick([...AWKWARD_KEYS, ...keysOf(donor)]);
  switch (dice.below(8)) {
    case 0:
      return void entries.splice(at, 1);
    case 1:
      return void entries.splice(dice.below(entries.length + 1), 0, [
        key,
        dice.oneIn(2) ? value : changed(value, donor, dice),
      ]);
    case 2:
      return void entries.splice(at, 1, [other(), value]);
    case 3:
      return void entries.splice(dice.below(entries.length + 1), 0, [other(), changed(value, donor, dice)]);
    case 4: {
      const second = dice.pick(entries.length > 0 ? entries : [[key, value]]);
      return void (second[1] = value);
    }
    default:
      return void entries.splice(at, 1, [key, changed(value, donor, dice)]);
  }
}

function mutateList(items: Tree[], donor: Tree, dice: Dice): void {
  const at = dice.below(Math.max(1, items.length));
  const item = items[at] ?? leaf("0");
  switch (dice.below(7)) {
    case 0:
      return void items.splice(at, 1);
    case 1:
      return void items.splice(at, 0, item);
    case 2:
      return void items.reverse();
    case 3: {
      if (!dice.oneIn(4)) return void items.push(changed(item, donor, dice));
      const copies = dice.pick(MANY);
      for (let i = 0; i < copies; i++) items.push(item);
      return;
    }
    default:
      return void (items[at] = changed(item, donor, dice));
  }
}

/** Returns another value in the place of one. */
function changed(value: Tree, donor: Tree, dice: Dice): Tree {
  switch (dice.below(9)) {
    case 0:
    case 1:
      return leaf(dice.pick(AWKWARD_LEAVES));
    case 2:
      return copyOf(dice.pick(partsOf(donor)));
    case 3:
      return { kind: "list", items: [value] };
    case 4:
      return { kind: "object", entries: [[dice.pick(AWKWARD_KEYS), value]] };
    case 5:
      if (!dice.oneIn(8)) return leaf(dice.pick(AWKWARD_LEAVES));
      return leaf(nested(dice.pick(DEEP), dice.oneIn(2)));
    case 6:
      if (!dice.oneIn(8)) return leaf(dice.pick(AWKWARD_LEAVES));
      return leaf(JSON.stringify(dice.pick(["a", "0", "é", "\n", " ", "\u202e"]).repeat(dice.pick(LONG))));
    default:
      return value.kind === "leaf" ? leaf(nudged(value.text, dice)) : leaf(dice.pick(AWKWARD_LEAVES));
  }
}

/** Returns a leaf that is close to another. */
function nudged(text: string, dice: Dice): string {
  const number = Number(text);
  if (text !== "" && !Number.isNaN(number)) {
    const near = [number + 1, number - 1, number * 2, number / 2, -number, number + 0.5, number * 1e6, 10 - number];
    return dice.oneIn(6) ? JSON.stringify(text) : String(dice.pick(near));
  }
  if (!text.startsWith('"')) return dice.pick(['"true"', "0", "1", "null", text === "true" ? "false" : "true"]);
  const inner = text.slice(1, -1);
  const at = dice.below(inner.length + 1);
  const piece = dice.pick(["a", "0", "\\u0000", "\\ud800", "é", "\\n", " ", ".", "/", "\\u202e", "{{", "*"]);
  // A cut may fall within an escape: then the text is no JSON.
  const texts = [inner.slice(0, at), inner.slice(at), inner.slice(0, at) + piece + inner.slice(at), inner + inner];
  return `"${dice.pick([...texts, inner.toUpperCase()])}"`;
}

function nested(levels: number, lists: boolean): string {
  return lists ? "[".repeat(levels) + "]".repeat(levels) : '{"a":'.repeat(levels) + "0" + "}".repeat(levels);
}

function keysOf(tree: Tree): string[] {
  return partsOf(tree).flatMap((part) => part.kind === "object" ? part.entries.map(([key]) => key) : []);
}

function leaf(text: string): Tree {
  return { kind: "leaf", text };
}

/** Returns a copy that shares nothing. */
export function copyOf(tree: Tree): Tree {
  if (tree.kind === "leaf") return tree;
  if (tree.kind === "list") return { kind: "list", items: tree.items.map(copyOf) };
  return { kind: "object", entries: tree.entries.map(([key, value]) => [key, copyOf(value)]) };
}

/** Returns a copy that means the same: the entries of objects in another order. */
export function reordered(tree: Tree, dice: Dice): Tree {
  if (tree.kind === "leaf") return tree;
  if (tree.kind === "list") return { kind: "list", items: tree.items.map((item) => reordered(item, dice)) };
  const entries = tree.entries.map(([key, value]): [string, Tree] => [key, reordered(value, dice)]);
  for (let i = entries.length - 1; i > 0; i--) {
    const other = dice.below(i + 1);
    [entries[i], entries[other]] = [entries[other], entries[i]];
  }
  return { kind: "object", entries };
}
