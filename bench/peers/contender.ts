/** One product y [M, N] = x [M, K] Wᵀ, or its transpose dx [M, K] = dy [M, N] W, as every contender gets it. */
export interface Task {
  readonly transposed: boolean;
  /** M */
  readonly rows: number;
  /** K */
  readonly inner: number;
  /** N */
  readonly outputs: number;
  /** x or dy */
  readonly input: Float32Array;
  /** NF4: codes, absmax a block of 64, and the [N, K] values that they stand for. */
  readonly codes: Uint8Array;
  readonly absmax: Float32Array;
  readonly values: Float32Array;
}

/** A library, set up for one task. */
export interface Contender {
  readonly name: string;
  /** The result of one run. */
  result(): Promise<ArrayLike<number>>;
  /** Runs it a number of times and waits until the GPU is done. */
  repeat(times: number): Promise<void>;
  dispose(): Promise<void> | void;
}
