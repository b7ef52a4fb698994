import type { JsonLeaf } from "./json_leaf.ts";
import type { ValueKind } from "./value_kind.ts";

/**
 * Tokens that keep their embedding: the tokenizer's, the template's, the first, one token wherever it stands, a
 * position.
 */
export type FrozenTokens =
  | { readonly kind: "special" | "template" | "first" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "position"; readonly position: number };

/** One of them as a configuration has it; a position from 0 as a number or its digits. */
export type FrozenText = "special" | "template" | "first" | `token:${string}` | `${number}` | number;

const WORDS = ["special", "template", "first"] as const;

const ITEM: JsonLeaf = {
  anyOf: [
    { enum: WORDS },
    { type: "integer", minimum: 0 },
    { type: "string", pattern: "^(0|[1-9]\\d*|token:[\\s\\S]+)$" },
  ],
};

/** Lists of tokens to freeze, which may be empty. */
export const FREEZE: ValueKind<readonly FrozenTokens[], readonly FrozenText[]> = {
  expectation: "a list of special, template, first, token:<id or text> or positions from 0",
  json: { type: "array", items: ITEM },
  placeholder: "LIST",
  example: ["special", "first"],
  read(given) {
    if (!Array.isArray(given)) return undefined;
    const read = given.map(readOne);
    return read.every((one) => one !== undefined) ? read : undefined;
  },
  argument: (text) => text === "none" ? [] : text.split(",").map((name) => name.trim()),
  write: (frozen) => frozen.map(frozenText),
};

/** Writes one as a record has it. */
export function frozenText(frozen: FrozenTokens): string {
  if (frozen.kind === "token") return `token:${frozen.token}`;
  return frozen.kind === "position" ? String(frozen.position) : frozen.kind;
}

function readOne(given: unknown): FrozenTokens | undefined {
  const text = Number.isInteger(given) ? String(given) : given;
  if (typeof text !== "string") return undefined;
  const kind = WORDS.find((word) => word === text);
  if (kind !== undefined) return { kind };
  if (/^token:./su.test(text)) return { kind: "token", token: text.slice("token:".length) };
  return /^(0|[1-9]\d*)$/.test(text) ? { kind: "position", position: Number(text) } : undefined;
}
