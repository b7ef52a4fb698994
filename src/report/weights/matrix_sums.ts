import type { WeightsRecord } from "../../explain/weights/weights_record.ts";

/** Share of a whole matrix: the sum of its heads'. */
interface MatrixShare {
  readonly layer: number | null;
  readonly matrix: string;
  readonly share: number;
  readonly error: number;
}

/** Sums shares over heads, in the order of the model. */
export function matrixSums({ shares }: WeightsRecord): MatrixShare[] {
  const sums = new Map<string, MatrixShare>();
  for (const { layer, matrix, share, error } of shares) {
    const key = `${layer} ${matrix}`;
    const before = sums.get(key) ?? { layer, matrix, share: 0, error: 0 };
    sums.set(key, { ...before, share: before.share + share, error: before.error + error });
  }
  return [...sums.values()];
}

/** Name of a matrix: `layer 3 down`. */
export function matrixName({ layer, matrix }: Pick<MatrixShare, "layer" | "matrix">): string {
  return layer === null ? `last ${matrix}` : `layer ${layer} ${matrix}`;
}
