import type { Checkpoint, TensorInfo } from "../../checkpoint/checkpoint.ts";

/**
 * Returns the tensor of a name.
 *
 * @throws {TypeError} if the checkpoint has none, or it is of another shape
 */
export function requireShape(
  checkpoint: Pick<Checkpoint, "path" | "tensors">,
  name: string,
  shape: readonly number[],
): TensorInfo {
  const info = checkpoint.tensors.get(name);
  if (info === undefined) {
    throw new TypeError(
      `Cannot load ${checkpoint.path} as tensor ${name} must be [${shape.join(", ")}]: it is missing`,
    );
  }
  if (String(info.shape) !== String(shape)) {
    throw new TypeError(
      `Cannot load ${checkpoint.path} as tensor ${name} must be [${shape.join(", ")}] by its config: ` +
        `got [${info.shape.join(", ")}]`,
    );
  }
  return info;
}
