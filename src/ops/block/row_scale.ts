import source from "../../../shaders/block/row_scale.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { elements, matrix, type NoAttributes, type Op, requireShape } from "../op.ts";
import { add } from "./add.ts";
import { rowDot } from "./row_dot.ts";
import { vectorsFor } from "./vector.ts";

/** x [M, D], s [M] → y [M, D], y_md = x_md s_m. */
export const rowScale: Op<NoAttributes> = {
  name: "rowScale",
  types(_attributes, [x, s]) {
    requireShape(matrix(x).rows === elements(s), "rowScale", "[M, D] and [M]", [x, s]);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  reference({ inputs: [x, s], inputTypes }) {
    const { columns } = matrix(inputTypes[0]);
    return [x.map((value, i) => value * s[Math.floor(i / columns)])];
  },
  lower: ({ g, inputs: [x, s] }) => [g.node("Mul", [x, g.node("Reshape", [s, g.ints(-1, 1)])])],
  vjp: (g, { inputs: [x, s] }, [dy]) => [
    dy && g.emit(rowScale, {}, [dy, s])[0],
    dy && g.emit(rowDot, { shape: s.shape }, [dy, x])[0],
  ],
  jvp(g, { inputs: [x, s] }, [tx, ts]) {
    const moved = tx && g.emit(rowScale, {}, [tx, s])[0];
    const scaled = ts && g.emit(rowScale, {}, [x, ts])[0];
    return [moved && scaled ? g.emit(add, {}, [moved, scaled])[0] : moved ?? scaled];
  },
  kernels({ inputs, inputTypes, outputs }) {
    const { rows, columns } = matrix(inputTypes[0]);
    const vectors = vectorsFor(columns);
    return [{
      kernel: specialize("row_scale", [vectors.source, source], { D: columns }),
      bindings: [...inputs, ...outputs],
      params: [rows],
      workgroups: grid(rows * columns / vectors.width, 64),
    }];
  },
};
