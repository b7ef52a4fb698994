import { type PromptVariant, wholePrompt } from "../../perturbation/prompt_variant.ts";

/**
 * A prompt among others, each of its rows known by a number: rows that are equal at equal positions have equal numbers.
 */
export interface Prompt extends PromptVariant {
  /** Places of its scores: more than one if equal prompts were given. */
  readonly indices: readonly number[];
  /** [L] */
  readonly ids: Int32Array;
  /** Number of first rows in common with the original, at most all but the last: that one predicts. */
  readonly common: number;
}

/** A prompt in a batch, and the places of its tokens' rows. */
export interface PlacedPrompt extends Prompt {
  /** First token with a row of its own; those before lie at rows of the original or of prompts placed before. */
  readonly own: number;
  /** Row of the batch of each token: shared ones, then the prompt's own and the target's. */
  readonly places: readonly number[];
  /** Number of rows that it carries itself. */
  readonly rows: number;
}

/**
 * Sorts prompts so that those that begin alike are neighbours, and joins equal ones.
 *
 * @param original [L, D], its rows at positions 0 … L − 1
 */
export function sortPrompts(prompts: readonly PromptVariant[], original: Float32Array, D: number): Prompt[] {
  const rowId = rowNumbers(D);
  const placedId = numbers<number>();
  const ids = ({ embeddings, positions }: PromptVariant) =>
    Int32Array.from(positions, (position, i) => placedId(rowId(embeddings, i) * MOST_POSITIONS + position));
  const first = ids(wholePrompt(original, D));
  const found = prompts.map((prompt, index) => ({ ...prompt, index, ids: ids(prompt) }))
    .sort((a, b) => order(a, b) || a.index - b.index);
  const sorted: (Prompt & { indices: number[] })[] = [];
  for (const { index, ...prompt } of found) {
    const last = sorted.at(-1);
    if (last !== undefined && order(last, prompt) === 0) last.indices.push(index);
    else {sorted.push({
        ...prompt,
        indices: [index],
        common: Math.min(alike(prompt.ids, first), prompt.ids.length - 1),
      });}
  }
  return sorted;
}

// Positions that a row and its place make one number of, without loss: no model has as many.
const MOST_POSITIONS = 2 ** 24;

/** Orders by rows; then by the part that the target sees. */
function order(a: Omit<Prompt, "indices" | "common">, b: Omit<Prompt, "indices" | "common">): number {
  return compare(a.ids, b.ids) || a.next - b.next || Number(a.lastSeen) - Number(b.lastSeen);
}

/**
 * Places sorted prompts behind `shared` rows of the original. Each takes as many rows as it can from the prompt
 * before it or from those of the original: as they are sorted, no other has more in common with it.
 *
 * @param tail rows that follow each prompt
 */
export function placePrompts(prompts: readonly Prompt[], shared: number, tail: number): PlacedPrompt[] {
  const placed: PlacedPrompt[] = [];
  let next = shared;
  for (const prompt of prompts) {
    const before = placed.at(-1);
    const fromBefore = before === undefined ? 0 : alike(before.ids, prompt.ids);
    const fromOriginal = Math.min(prompt.common, shared);
    const own = Math.min(Math.max(fromBefore, fromOriginal), prompt.ids.length - 1);
    const length = prompt.ids.length + tail;
    const found = fromBefore > fromOriginal ? before!.places : null;
    const places = Array.from({ length }, (_, i) => i >= own ? next + i - own : found?.[i] ?? i);
    next += length - own;
    placed.push({ ...prompt, own, places, rows: length - own });
  }
  return placed;
}

/** Numbers rows of D elements in the order in which they are first seen. */
function rowNumbers(D: number): (rows: Float32Array, row: number) => number {
  const seen = new Map<number, { readonly id: number; readonly bits: Uint32Array }[]>();
  let count = 0;
  return (rows, row) => {
    const bits = new Uint32Array(rows.buffer, rows.byteOffset + row * D * 4, D);
    // FNV-1a; rows that differ while their hashes do not are told apart by their bits.
    const hash = bits.reduce((sum, value) => Math.imul(sum ^ value, 0x01000193), 0x811c9dc5 | 0);
    const alike = seen.get(hash) ?? [];
    const known = alike.find((other) => other.bits.every((value, d) => value === bits[d]));
    if (known !== undefined) return known.id;
    seen.set(hash, [...alike, { id: count, bits }]);
    return count++;
  };
}

/** Numbers keys in the order in which they are first seen. */
function numbers<K>(): (key: K) => number {
  const seen = new Map<K, number>();
  return (key) => {
    const known = seen.get(key) ?? seen.size;
    seen.set(key, known);
    return known;
  };
}

function alike(a: Int32Array, b: Int32Array): number {
  const differs = a.findIndex((id, i) => id !== b[i]);
  return differs < 0 ? a.length : differs;
}

function compare(a: Int32Array, b: Int32Array): number {
  const start = alike(a, b);
  return (a[start] ?? -1) - (b[start] ?? -1);
}
