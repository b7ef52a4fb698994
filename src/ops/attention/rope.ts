import source from "../../../shaders/attention/rope.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { vectorsFor } from "../block/vector.ts";
import { elements, matrix, type Op, requireShape, type ValueType } from "../op.ts";

/** The columns that are rotated, and the direction. */
interface RopeAttributes {
  /** Heads at the front of each row that are rotated: queries and keys of a stacked row. */
  readonly heads: number;
  readonly headSize: number;
  /** By negative angles: the transpose, and the inverse if a table's cosines and sines are not scaled. */
  readonly inverse: boolean;
  /** B: the rows are B sequences of as many positions each, all from the first on. */
  readonly sequences: number;
  /** P: rows that all sequences share stand before theirs, once: in y, or in x if the rotation is inverse. */
  readonly shared: number;
  /** Number of the table of angles, of those side by side in `rotation`. Default 0. */
  readonly table?: number;
}

/**
 * x [B, S, C], rotation [≥ S, n headSize] (of each of n tables cosines, then sines), shared [P, G ≤ C] → y of x's
 * shape, or [P + B S, C] if P > 0. Half rotation, as in Hugging Face's Llama and Qwen2 (Su et al. 2021, "RoFormer").
 * Shared rows are constants that were rotated before; columns before their last G, and all of them if they are not
 * given, are zero. The inverse takes [P + B S, C] to [B, S, C]: it leaves shared rows out.
 */
export const rope: Op<RopeAttributes> = {
  name: "rope",
  types(attributes, [x, rotation, shared]) {
    const { heads, headSize, inverse, sequences: B, shared: P, table = 0 } = attributes;
    const { rows, columns: C } = matrix(x);
    const tables = rotation.shape[1] / headSize;
    const own = inverse ? rows - P : rows;
    const fits = C >= heads * headSize && headSize % 2 === 0 && Number.isInteger(tables) && table < tables && own > 0 &&
      own % B === 0 && own / B <= rotation.shape[0] &&
      (shared === undefined || !inverse && shared.shape[0] === P && shared.shape[1] <= C);
    const expected = `[${B} S + P, ≥ ${heads * headSize}], [≥ S, ${headSize} n] and [${P}, ..]`;
    requireShape(fits, "rope", expected, [x, rotation, ...(shared ? [shared] : [])]);
    return [{ shape: P === 0 ? x.shape : inverse ? [B, own / B, C] : [P + own, C], dtype: "f32" }];
  },
  reference({ attributes, inputs: [x, rotation, shared], inputTypes, outputTypes: [type] }) {
    const { heads, headSize, table = 0 } = attributes;
    const width = inputTypes[1].shape[1];
    const { rows, positions, skipped, kept, columns: C } = sizes(attributes, inputTypes);
    const half = headSize / 2;
    const y = new Float64Array(elements(type));
    for (let p = 0; shared !== undefined && p < kept; p++) {
      const G = inputTypes[2].shape[1];
      y.set(shared.subarray(p * G, (p + 1) * G), (p + 1) * C - G);
    }
    const direction = attributes.inverse ? -1 : 1;
    for (let m = 0; m < rows; m++) {
      const from = (skipped + m) * C;
      const to = (kept + m) * C;
      y.set(x.subarray(from, from + C), to);
      const angles = (m % positions) * width + table * headSize;
      for (let head = 0; head < heads; head++) {
        for (let d = 0; d < half; d++) {
          const at = head * headSize + d;
          const cosine = rotation[angles + d];
          const sine = direction * rotation[angles + half + d];
          y[to + at] = x[from + at] * cosine - x[from + at + half] * sine;
          y[to + at + half] = x[from + at + half] * cosine + x[from + at] * sine;
        }
      }
    }
    return [y];
  },
  lower({ attributes, g, inputs: [x, rotation, shared = null], inputTypes }) {
    const { heads, headSize, inverse, sequences: B, shared: P, table = 0 } = attributes;
    const { rows, positions, columns: C } = sizes(attributes, inputTypes);
    const own = inverse && P > 0 ? g.node("Slice", [x, g.sizes(P), g.sizes(P + rows), g.ints(0)]) : x;
    const width = heads * headSize;
    const [front, rest = null] = width === C
      ? [own]
      : g.nodes("Split", [own, g.ints(width, C - width)], 2, { axis: 1 });
    const angles = (first: number) => {
      const at = table * headSize + first;
      return g.node("Slice", [rotation, g.ints(at), g.ints(at + headSize / 2), g.ints(1)]);
    };
    const sine = angles(headSize / 2);
    const rotated = g.node(
      "com.microsoft:RotaryEmbedding",
      [
        g.node("Reshape", [front, g.sizes(B, positions, width)]),
        g.ints(0),
        angles(0),
        inverse ? g.node("Neg", [sine]) : sine,
      ],
      { num_heads: heads, rotary_embedding_dim: headSize },
    );
    const turned = g.node("Reshape", [rotated, g.ints(-1, width)]);
    const y = rest === null ? turned : g.node("Concat", [turned, rest], { axis: 1 });
    if (P === 0 || inverse) return [y];
    const before = shared === null
      ? g.node("Expand", [g.scalar(0), g.sizes(P, C)])
      : g.node("Pad", [shared, g.ints(0, C - inputTypes[2].shape[1], 0, 0)]);
    return [g.node("Concat", [before, y], { axis: 0 })];
  },
  vjp: (g, { attributes, inputs: [, rotation] }, [dy]) => [
    dy && g.emit(rope, { ...attributes, inverse: !attributes.inverse }, [dy, rotation])[0],
    null,
    null,
  ],
  jvp: (g, { attributes, inputs: [, rotation] }, [tx]) => [tx && g.emit(rope, { ...attributes }, [tx, rotation])[0]],
  kernels({ attributes, inputs: [x, rotation, shared], inputTypes, outputs }) {
    const { heads, headSize, inverse, shared: P, table = 0 } = attributes;
    const { rows, positions, columns } = sizes(attributes, inputTypes);
    const given = shared === undefined ? columns : inputTypes[2].shape[1];
    const vectors = vectorsFor(columns, headSize / 2, given);
    const kernel = specialize("rope", [vectors.source, source], {
      BEHIND: P > 0 && !inverse,
      SKIPPING: P > 0 && inverse,
      SHARED: shared !== undefined && P > 0,
      COLUMNS: columns,
      HEADS: heads,
      HEAD: headSize,
      ANGLES: inputTypes[1].shape[1],
      GIVEN: given,
    });
    const perRow = (columns - heads * headSize / 2) / vectors.width;
    const tasks = rows * perRow + (inverse ? 0 : P * columns / vectors.width);
    return [{
      kernel,
      bindings: [x, rotation, shared ?? null, ...outputs],
      params: [rows, positions, P, tasks, table, inverse ? 1 : 0],
      workgroups: grid(tasks, 64),
    }];
  },
};

/**
 * Rows that x and y both have, their positions, and rows that only x has before them (`skipped`) or only y (`kept`).
 */
function sizes({ inverse, sequences, shared }: RopeAttributes, [x]: readonly ValueType[]) {
  const { rows, columns } = matrix(x);
  const own = inverse ? rows - shared : rows;
  return {
    rows: own,
    columns,
    positions: own / sequences,
    skipped: inverse ? shared : 0,
    kept: inverse ? 0 : shared,
  };
}
