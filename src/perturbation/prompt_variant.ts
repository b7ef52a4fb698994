/** A prompt without some of its tokens: the rows that are left and their positions. */
export interface PromptVariant {
  /** Embeddings of the tokens that are left, [L, D], L ≥ 1 */
  readonly embeddings: Float32Array;
  /** Position of each, ascending, [L] */
  readonly positions: readonly number[];
  /** Position of the first target token, behind all of them. */
  readonly next: number;
  /** True if the target attends to the last of these tokens; else that token only predicts the target's first. */
  readonly lastSeen: boolean;
}

/** Replacement of tokens that are taken away. */
export type Replacement =
  /** An embedding row, [D]. */
  | { readonly kind: "row"; readonly row: Float32Array }
  /** A row for each position of the prompt, [L, D]. */
  | { readonly kind: "rows"; readonly rows: Float32Array }
  /** Nothing: later tokens move up. */
  | { readonly kind: "delete" }
  /** Nothing: later tokens keep their positions. */
  | { readonly kind: "delete-in-place" }
  /** The tokens stay where they are, but no later token attends to them, in any layer. */
  | { readonly kind: "mask-attention" };

/** Returns true if nothing is left of a prompt once every token is taken away. */
export function leavesNothing({ kind }: Replacement): boolean {
  return kind === "delete" || kind === "delete-in-place";
}

/** Returns a prompt [L, D] as it is. */
export function wholePrompt(embeddings: Float32Array, D: number): PromptVariant {
  const L = embeddings.length / D;
  return { embeddings, positions: upTo(L), next: L, lastSeen: true };
}

/**
 * Returns a prompt [L, D] without the tokens at some of its positions; no row may be left.
 *
 * A token that no later one attends to changes none of them. Of masked tokens only the last one of the prompt has a
 * row, as it predicts the target's first token.
 */
export function variantOf(
  prompt: Float32Array,
  D: number,
  replacement: Replacement,
  isGone: (position: number) => boolean,
): PromptVariant {
  const L = prompt.length / D;
  if (replacement.kind === "row" || replacement.kind === "rows") {
    const embeddings = prompt.slice();
    for (let i = 0; i < L; i++) if (isGone(i)) embeddings.set(rowAt(replacement, i, D), i * D);
    return wholePrompt(embeddings, D);
  }
  const lastSeen = replacement.kind !== "mask-attention" || !isGone(L - 1);
  const left = upTo(L).filter((i) => !isGone(i) || (i === L - 1 && !lastSeen));
  const embeddings = new Float32Array(left.length * D);
  left.forEach((from, to) => embeddings.set(prompt.subarray(from * D, (from + 1) * D), to * D));
  return replacement.kind === "delete"
    ? wholePrompt(embeddings, D)
    : { embeddings, positions: left, next: L, lastSeen };
}

function rowAt(replacement: Extract<Replacement, { kind: "row" | "rows" }>, i: number, D: number): Float32Array {
  return replacement.kind === "row" ? replacement.row : replacement.rows.subarray(i * D, (i + 1) * D);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
