/** Ways to make shares of a row of attributions a. */
export const SHARE_RULES = ["absolute", "signed", "net"] as const;

/**
 * One of `SHARE_RULES`.
 * - `absolute`: |a| / Σ |a|; a row sums to 1 and its chains are a walk with probabilities
 * - `signed`: a / Σ |a|; signs stay, and a row sums to its balance, between −1 and 1
 * - `net`: a / Σ a; a row sums to 1, as its parts do to the change of the score, but is unbounded where they cancel
 */
export type ShareRule = typeof SHARE_RULES[number];

/** Attributions of T generated tokens to a prompt of L tokens and to the tokens generated before. */
export interface TokenMatrix {
  /** T */
  readonly targets: number;
  /** L */
  readonly tokens: number;
  /** [T, L] */
  readonly prompt: ArrayLike<number>;
  /** [T, T − 1]: of row t the first t columns are read, as a token reads earlier ones alone. */
  readonly generated: ArrayLike<number>;
}

/** Shares of such a matrix. */
export interface TokenShares {
  /** T */
  readonly targets: number;
  /** L */
  readonly tokens: number;
  /** R, [T, L] */
  readonly prompt: Float64Array;
  /** P, [T, T], strictly lower triangular. */
  readonly generated: Float64Array;
  /** Σ a / Σ |a| of each row, [T]: near 0 its parts cancel; 0 too where a row has no parts. */
  readonly balance: Float64Array;
  /** Share of each row at which chains end before the prompt, [T]: all of one without any attribution. */
  readonly lost: Float64Array;
}

/** Rows of `net` shares may grow by the inverse of this, no more. */
const LEAST_BALANCE = 0.05;

/**
 * Makes shares of each row. A row without any attribution has shares of zero.
 *
 * @throws {RangeError} if shares are `net` and a row's parts all but cancel
 * @throws {TypeError} if the matrix is not of its sizes
 */
export function rowShares(matrix: TokenMatrix, rule: ShareRule): TokenShares {
  const { targets: T, tokens: L } = matrix;
  assertMatrix(matrix);
  const prompt = Float64Array.from(matrix.prompt);
  const generated = new Float64Array(T * T);
  const balance = new Float64Array(T);
  const lost = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    const own = prompt.subarray(t * L, (t + 1) * L);
    const earlier = generated.subarray(t * T, t * T + t);
    for (let j = 0; j < t; j++) earlier[j] = matrix.generated[t * (T - 1) + j];
    const parts = [...own, ...earlier];
    const size = parts.reduce((sum, value) => sum + Math.abs(value), 0);
    const net = parts.reduce((sum, value) => sum + value, 0);
    balance[t] = size === 0 ? 0 : net / size;
    if (size === 0) lost[t] = 1;
    if (rule === "net" && size > 0 && Math.abs(balance[t]) < LEAST_BALANCE) throw cancelled(t, net, size);
    const divisor = rule === "net" ? net : size;
    const share = (value: number) => size === 0 ? 0 : (rule === "absolute" ? Math.abs(value) : value) / divisor;
    own.forEach((value, i) => own[i] = share(value));
    earlier.forEach((value, j) => earlier[j] = share(value));
  }
  return { targets: T, tokens: L, prompt, generated, balance, lost };
}

/**
 * Ends the chains at some tokens: these pass on what they read of the prompt, and what they read of generated tokens is
 * lost.
 */
export function endChains(shares: TokenShares, ends: (t: number) => boolean): TokenShares {
  const { targets: T } = shares;
  const generated = shares.generated.slice();
  const lost = shares.lost.slice();
  for (let t = 0; t < T; t++) {
    if (!ends(t)) continue;
    const row = generated.subarray(t * T, (t + 1) * T);
    lost[t] += row.reduce((sum, share) => sum + share, 0);
    row.fill(0);
  }
  return { ...shares, generated, lost };
}

function cancelled(t: number, net: number, size: number): RangeError {
  return new RangeError(
    `Cannot make net shares as the parts of each target token must sum to at least ${LEAST_BALANCE} of their ` +
      `magnitudes: got ${net.toPrecision(3)} of ${
        size.toPrecision(3)
      } at target token ${t}; take shares absolute or signed`,
  );
}

function assertMatrix({ targets: T, tokens: L, prompt, generated }: TokenMatrix): void {
  if (prompt.length !== T * L || generated.length !== T * (T - 1)) {
    throw new TypeError(
      `Cannot make shares as the matrix must be [${T}, ${L}] and [${T}, ${T - 1}]: got ${prompt.length} and ` +
        `${generated.length} numbers`,
    );
  }
}
