import source from "../../shaders/rope.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import { matrix, type Op, requireShape } from "./op.ts";
import { vectorsFor } from "./vector.ts";

/** Which columns are rotated, and which way. */
export interface RopeAttributes {
  /** Heads at the front of each row that are rotated: queries and keys of a stacked row. */
  readonly heads: number;
  readonly headSize: number;
  /** The inverse rotation, which is the transpose. */
  readonly inverse: boolean;
}

/**
 * x [.., C], rotation [S, headSize] (cosines, then sines) → y [.., C]; row m is at position m mod S. Half rotation, as
 * in Hugging Face's Llama and Qwen2 (Su et al. 2021, "RoFormer").
 */
export const rope: Op<RopeAttributes> = {
  types({ heads, headSize }, [x, rotation]) {
    const { rows, columns } = matrix(x);
    const S = rotation.shape[0];
    const fits = columns >= heads * headSize && rotation.shape[1] === headSize && rows % S === 0 && headSize % 2 === 0;
    requireShape(fits, "rope", `[k S, ≥ ${heads * headSize}] and [S, ${headSize}]`, [x, rotation]);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  reference({ attributes: { heads, headSize, inverse }, inputs: [x, rotation], inputTypes }) {
    const { rows, columns } = matrix(inputTypes[0]);
    const S = inputTypes[1].shape[0];
    const half = headSize / 2;
    const y = x.slice();
    for (let m = 0; m < rows; m++) {
      const angles = (m % S) * headSize;
      for (let head = 0; head < heads; head++) {
        const start = m * columns + head * headSize;
        for (let d = 0; d < half; d++) {
          const cosine = rotation[angles + d];
          const sine = inverse ? -rotation[angles + half + d] : rotation[angles + half + d];
          y[start + d] = x[start + d] * cosine - x[start + half + d] * sine;
          y[start + half + d] = x[start + half + d] * cosine + x[start + d] * sine;
        }
      }
    }
    return [y];
  },
  vjp: (g, { attributes, inputs: [, rotation] }, [dy]) => [
    dy && g.emit("rope", { ...attributes, inverse: !attributes.inverse }, [dy, rotation])[0],
    null,
  ],
  jvp: (g, { attributes, inputs: [, rotation] }, [tx]) => [tx && g.emit("rope", { ...attributes }, [tx, rotation])[0]],
  kernels({ attributes: { heads, headSize, inverse }, inputs, inputTypes, outputs }) {
    const { rows, columns } = matrix(inputTypes[0]);
    const vectors = vectorsFor(columns, headSize / 2);
    const kernel = specialize("rope", [vectors.source, source], {
      COLUMNS: columns,
      HEADS: heads,
      HEAD: headSize,
      SIGN: { f32: inverse ? -1 : 1 },
    });
    return [{
      kernel,
      bindings: [...inputs, ...outputs],
      params: [rows, inputTypes[1].shape[0]],
      workgroups: grid(rows * (columns - heads * headSize / 2) / vectors.width, 64),
    }];
  },
};
