import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";

/** Operands of a lowered norm over the last dimension, of `size` elements. */
export interface LoweredNorm {
  readonly x: Tensor;
  /** Weights, `size` elements in all. */
  readonly w: Tensor;
  readonly size: number;
  readonly epsilon: number;
}

/** `normForward` (norm_rules.ts) in ONNX operators. */
export function lowerNorm(g: OnnxEmitter, norm: LoweredNorm): Tensor {
  return normed(g, norm)[0];
}

/** `normBackward` in ONNX operators. */
export function lowerNormBackward(g: OnnxEmitter, norm: LoweredNorm, dy: Tensor): Tensor {
  const { x, w } = norm;
  const r = inverseRoot(g, norm);
  const weighted = g.node("Mul", [dy, w]);
  return g.node("Mul", [g.node("Sub", [weighted, g.node("Mul", [x, pull(g, norm, r, weighted)])]), r]);
}

/** `normTangent` in ONNX operators. */
export function lowerNormTangent(g: OnnxEmitter, norm: LoweredNorm, tx: Tensor): Tensor {
  const { x, w } = norm;
  const r = inverseRoot(g, norm);
  const moved = g.node("Sub", [tx, g.node("Mul", [x, pull(g, norm, r, tx)])]);
  return g.node("Mul", [g.node("Mul", [moved, r]), w]);
}

/** r = (mean(x²) + ε)^−½, [.., 1]. */
export function inverseRoot(g: OnnxEmitter, norm: LoweredNorm): Tensor {
  return normed(g, norm)[1];
}

/** w ∘ x · r and r. */
function normed(g: OnnxEmitter, { x, w, epsilon }: LoweredNorm): Tensor[] {
  const flat = g.node("Reshape", [w, g.ints(-1)]);
  return g.nodes("SimplifiedLayerNormalization", [x, flat], 2, { axis: -1, epsilon: { float: epsilon } });
}

/** (r²/n) Σ_j x_j v_j, [.., 1]. */
function pull(g: OnnxEmitter, { x, size }: LoweredNorm, r: Tensor, v: Tensor): Tensor {
  const sum = g.node("ReduceSum", [g.node("Mul", [x, v]), g.ints(-1)]);
  const factor = g.node("Mul", [g.node("Mul", [r, r]), g.scalar(1 / size)]);
  return g.node("Mul", [sum, factor]);
}
