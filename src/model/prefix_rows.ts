/** A prompt among others, each of its rows known by a number: equal rows have equal numbers. */
export interface Prompt {
  /** Where its scores belong: more than one where equal prompts were given. */
  readonly indices: readonly number[];
  /** Embeddings, [L, D] */
  readonly embeddings: Float32Array;
  /** [L] */
  readonly ids: Int32Array;
  /** First rows that it has in common with the original, at most all but the last: that one predicts. */
  readonly common: number;
}

/** A prompt in a batch: where the rows of its positions lie. */
export interface PlacedPrompt extends Prompt {
  /** Positions before this one lie at rows of the original or of prompts placed before. */
  readonly own: number;
  /** Rows of the batch that positions 0 … own − 1 and, from there on, the prompt's own rows and the target's lie at. */
  readonly places: readonly number[];
  /** Rows that it carries itself. */
  readonly rows: number;
}

/** Prompts [L, D] in an order in which those that begin alike are neighbours; equal ones are one. */
export function sortPrompts(prompts: readonly Float32Array[], original: Float32Array, D: number): Prompt[] {
  const idOf = rowNumbers(D);
  const ids = (rows: Float32Array) => Int32Array.from({ length: rows.length / D }, (_, i) => idOf(rows, i));
  const first = ids(original);
  const found = prompts.map((embeddings, index) => ({ index, embeddings, ids: ids(embeddings) }))
    .sort((a, b) => compare(a.ids, b.ids) || a.index - b.index);
  const sorted: (Prompt & { indices: number[] })[] = [];
  for (const { index, embeddings, ids } of found) {
    const last = sorted.at(-1);
    if (last !== undefined && compare(last.ids, ids) === 0) last.indices.push(index);
    else sorted.push({ indices: [index], embeddings, ids, common: Math.min(alike(ids, first), ids.length - 1) });
  }
  return sorted;
}

/**
 * Places sorted prompts behind `shared` rows of the original. Each finds as many rows as it can with the prompt before it
 * or, where these were computed, with the original: sorted as they are, no other has more in common with it.
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
    const places = Array.from(
      { length },
      (_, position) => position >= own ? next + position - own : found?.[position] ?? position,
    );
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

function alike(a: Int32Array, b: Int32Array): number {
  const differs = a.findIndex((id, i) => id !== b[i]);
  return differs < 0 ? a.length : differs;
}

function compare(a: Int32Array, b: Int32Array): number {
  const start = alike(a, b);
  return (a[start] ?? -1) - (b[start] ?? -1);
}
