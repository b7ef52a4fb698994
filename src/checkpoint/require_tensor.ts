import type { TensorInfo } from "./checkpoint.ts";

/**
 * Returns the tensor of a name.
 *
 * @throws {RangeError} if the checkpoint at `path` has none
 */
export function requireTensor(tensors: ReadonlyMap<string, TensorInfo>, name: string, path: string): TensorInfo {
  const info = tensors.get(name);
  if (info === undefined) throw new RangeError(`Cannot read tensor ${name} as it must be in ${path}: got none`);
  return info;
}

/**
 * Checks a request for rows of a matrix.
 *
 * @throws {TypeError} if the tensor is no matrix
 * @throws {RangeError} if a row is not in it
 */
export function checkRows({ name, shape }: TensorInfo, rows: readonly number[]): void {
  if (shape.length !== 2) {
    throw new TypeError(`Cannot read rows of ${name} as its shape must be [rows, columns]: got [${shape}]`);
  }
  const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= shape[0]);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot read rows of ${name} as a row must be one of 0 to ${shape[0] - 1}: got ${wrong}`);
  }
}
