/** What replaces an ablated token: an embedding row [D], or nothing (later tokens move up). */
export type Replacement = { readonly kind: "row"; readonly row: Float32Array } | { readonly kind: "delete" };

/** What is ablated, and how it is scored. */
export interface AblationProblem {
  /** Embeddings of the prompt, [L, D] */
  readonly prompt: Float32Array;
  /** D */
  readonly hiddenSize: number;
  /** Positions that may be ablated, in order. */
  readonly positions: readonly number[];
  /** Scores [T] of prompts given as embeddings, variants of `original`; their lengths may differ. */
  score(prompts: readonly Float32Array[], original: Float32Array): Promise<Float64Array[]>;
}

/** Leave-one-out attributions. */
export interface AblationResult {
  /** A[t, i] = F_t(x) − F_t(x without token i), [T L]; zero at positions that were not ablated. */
  readonly attribution: Float64Array;
  /** F_t(x), [T] */
  readonly input: Float64Array;
  /** F_t with every position ablated at once, [T]; null where deleting them all leaves nothing. */
  readonly baseline: Float64Array | null;
}

/**
 * Feature ablation: the change of each target's score when one token is taken away.
 *
 * @throws {RangeError} where deleting a token would leave an empty prompt
 */
export async function ablateFeatures(problem: AblationProblem, replacement: Replacement): Promise<AblationResult> {
  const { prompt, hiddenSize: D, positions } = problem;
  const L = prompt.length / D;
  if (replacement.kind === "delete" && L === 1) {
    throw new RangeError("Cannot ablate by delete as the prompt must have at least two tokens: got 1");
  }
  const without = (removed: readonly number[]) => remove(prompt, D, removed, replacement);
  const everything = without(positions);
  const variants = positions.map((position) => without([position]));
  const all = everything.length === 0 ? [] : [everything];
  const [input, ...scores] = await problem.score([prompt, ...variants, ...all], prompt);
  const T = input.length;
  const attribution = new Float64Array(T * L);
  positions.forEach((position, v) => {
    for (let t = 0; t < T; t++) attribution[t * L + position] = input[t] - scores[v][t];
  });
  return { attribution, input, baseline: scores[positions.length] ?? null };
}

function remove(prompt: Float32Array, D: number, removed: readonly number[], replacement: Replacement): Float32Array {
  if (replacement.kind === "row") {
    const copy = prompt.slice();
    for (const position of removed) copy.set(replacement.row, position * D);
    return copy;
  }
  const gone = new Set(removed);
  return prompt.filter((_, i) => !gone.has(Math.floor(i / D)));
}
