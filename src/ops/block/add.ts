import source from "../../../shaders/block/add.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { type Applied, applies, elements, type Fused, type NoAttributes, type Op, requireShape } from "../op.ts";
import { vectorsFor } from "./vector.ts";

/** a, b of one shape → a + b. */
export const add: Op<NoAttributes> = {
  name: "add",
  recompute: { kept: true },
  fuse: addIntoTerm,
  types(_attributes, [a, b]) {
    requireShape(String(a.shape) === String(b.shape), "add", "two of one shape", [a, b]);
    return [{ shape: a.shape, dtype: "f32" }];
  },
  reference: ({ inputs: [a, b] }) => [a.map((value, i) => value + b[i])],
  lower: ({ g, inputs }) => [g.node("Add", inputs)],
  vjp: (_g, _node, [dy]) => [dy, dy],
  jvp: (g, _node, [ta, tb]) => [ta && tb ? g.emit(add, {}, [ta, tb])[0] : ta ?? tb],
  kernels({ inputs, inputTypes, outputs }) {
    const vectors = vectorsFor(elements(inputTypes[0]));
    const count = elements(inputTypes[0]) / vectors.width;
    return [{
      kernel: specialize("add", [vectors.source, source], {}),
      bindings: [...inputs, ...outputs],
      params: [count],
      workgroups: grid(count, 64),
    }];
  },
};

/** Leaves the sum to the op that makes one of the two terms, if that op takes a residual. */
function addIntoTerm(node: Applied, before: (input: number) => Applied | null): Fused | null {
  if (!applies(node, add)) return null;
  for (const absorbs of [0, 1]) {
    const made = before(absorbs);
    if (!made?.op.takesResidual?.(made.attributes, made.inputs.length)) continue;
    const { op, attributes, inputs } = made;
    return { absorbs, op, attributes, inputs: [...inputs, node.inputs[1 - absorbs]] };
  }
  return null;
}
