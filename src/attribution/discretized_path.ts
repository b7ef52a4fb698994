/** Words that a path may lead through. */
export interface WordEmbeddings {
  /** Embeddings, [V, D] */
  readonly rows: Float32Array;
  /** D */
  readonly hiddenSize: number;
}

/** Options of `discretizedPath`. */
export interface DiscretizedPathOptions {
  /** m, words on the way; the path has m + 2 points. 30 in the paper's code. */
  readonly steps: number;
  /** K, nearest words to choose the next one from. 500 in the paper's code. */
  readonly neighbours: number;
  /**
   * `greedy`: the word that has to be moved least to be monotonic; `max-count`: the one with most monotonic
   * coordinates.
   */
  readonly strategy: "greedy" | "max-count";
}

/**
 * Finds the path of discretized integrated gradients for one token: from the baseline to the token by points near
 * words, all coordinates monotonic. From the token on, the next word is chosen among the nearest of the last one; it
 * becomes a point after its coordinates that are not between the baseline and the point before are moved 1/m of the
 * way.
 *
 * Source: Sanyal & Ren, "Discretized integrated gradients for explaining language models", EMNLP 2021 (AnchorSearch),
 * as its authors' code does it. Cost: m times V D products a token.
 *
 * @param token its row of the vocabulary
 * @param baseline [D]; a row of the vocabulary equal to it is not chosen
 * @returns m + 2 points of [D], from the baseline to the token
 * @throws {RangeError} if steps or neighbours are not positive whole numbers, or the token is outside the vocabulary
 */
export function discretizedPath(
  vocabulary: WordEmbeddings,
  token: number,
  baseline: Float32Array,
  options: DiscretizedPathOptions,
): Float32Array[] {
  const { steps, neighbours } = options;
  const V = vocabulary.rows.length / vocabulary.hiddenSize;
  for (const [name, value] of [["steps", steps], ["neighbours", neighbours]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot discretize a path as ${name} must be a whole number ≥ 1: got ${value}`);
    }
  }
  if (!Number.isSafeInteger(token) || token < 0 || token >= V) {
    throw new RangeError(`Cannot discretize a path as its token must be below ${V}: got ${token}`);
  }
  const words = wordPath(vocabulary, token, baseline, options);
  const points = [rowOf(vocabulary, token)];
  for (const word of words) {
    const anchor = word === null ? baseline : rowOf(vocabulary, word);
    points.push(monotonic(baseline, points[points.length - 1], anchor, steps));
  }
  points.push(baseline.slice());
  return points.reverse();
}

/** Chooses m words from the token towards the baseline; null stands for the baseline itself, which has no next word. */
function wordPath(
  vocabulary: WordEmbeddings,
  token: number,
  baseline: Float32Array,
  { steps, neighbours, strategy }: DiscretizedPathOptions,
): (number | null)[] {
  const seen = new Set([token]);
  const words: (number | null)[] = [];
  let last: number | null = token;
  while (words.length < steps) {
    const from: Float32Array | null = last === null ? null : rowOf(vocabulary, last);
    let best: number | null = null;
    let least = Infinity;
    for (const word of from === null || isEqual(from, baseline) ? [] : nearest(vocabulary, last!, neighbours)) {
      const row = rowOf(vocabulary, word);
      if (seen.has(word) || isEqual(row, baseline)) continue;
      const cost: number = strategy === "greedy"
        ? squaredDistance(row, monotonic(baseline, from!, row, steps))
        : row.reduce((count, value, d) => count + (isBetween(baseline[d], from![d], value) ? 0 : 1), 0);
      if (cost < least) [best, least] = [word, cost];
    }
    words.push(best);
    last = best;
    if (best !== null) seen.add(best);
  }
  return words;
}

/** Returns the K nearest words, the nearest first, the word itself left out. */
function nearest(vocabulary: WordEmbeddings, word: number, count: number): number[] {
  const from = rowOf(vocabulary, word);
  const V = vocabulary.rows.length / vocabulary.hiddenSize;
  const distances = new Float64Array(V);
  for (let id = 0; id < V; id++) {
    distances[id] = id === word ? Infinity : squaredDistance(from, rowOf(vocabulary, id));
  }
  // Sorting numbers and then few words takes a tenth of sorting all words.
  const farthest = distances.toSorted()[Math.min(count, V - 1) - 1];
  const near = [...distances.keys()].filter((id) => id !== word && distances[id] <= farthest);
  return near.sort((a, b) => distances[a] - distances[b]).slice(0, count);
}

/** Returns the anchor; coordinates that are not between baseline and point move 1/m of the way from the point. */
function monotonic(baseline: Float32Array, point: Float32Array, anchor: Float32Array, steps: number): Float32Array {
  const moved = new Float32Array(anchor.length);
  for (let d = 0; d < moved.length; d++) {
    const [start, end, value] = [baseline[d], point[d], anchor[d]];
    moved[d] = isBetween(start, end, value) ? value : end - (end - start) / steps;
  }
  return moved;
}

function isBetween(a: number, b: number, value: number): boolean {
  return a < b ? a <= value && value <= b : b <= value && value <= a;
}

function rowOf({ rows, hiddenSize: D }: WordEmbeddings, id: number): Float32Array {
  return rows.subarray(id * D, (id + 1) * D);
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, d) => value === b[d]);
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d] - b[d]) ** 2;
  return sum;
}
