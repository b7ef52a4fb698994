import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";

/**
 * The way in which the change of a product a b is shared among its factors: ā Δb + b̄ Δa by their means, or if it is
 * `ordered` a₁ Δb + b₀ Δa.
 */
export interface SecantForm {
  readonly ordered: boolean;
}

/** A value of one factor between its two, which the change of the other factor is multiplied with. */
interface Partner {
  /** Of a, the partner of Δb. */
  late(start: number, end: number): number;
  /** Of b, the partner of Δa. */
  early(start: number, end: number): number;
}

/** The partners of a form. */
export function partnersOf({ ordered }: SecantForm): Partner {
  const mean = (start: number, end: number) => (start + end) / 2;
  return ordered ? { late: (_start, end) => end, early: (start) => start } : { late: mean, early: mean };
}

/** The partners of a form in ONNX operators, but for a factor. */
interface LoweredPartners {
  late(start: Tensor, end: Tensor): Tensor;
  early(start: Tensor, end: Tensor): Tensor;
  /** It makes them the partners, and costs nothing where another product takes it along. */
  readonly factor: number;
}

/** The partners of a form in ONNX operators. */
export function loweredPartners(g: OnnxEmitter, { ordered }: SecantForm): LoweredPartners {
  if (ordered) return { late: (_start, end) => end, early: (start) => start, factor: 1 };
  const sum = (start: Tensor, end: Tensor) => g.node("Add", [start, end]);
  return { late: sum, early: sum, factor: 0.5 };
}

/** A value times a number. */
export function scaled(g: OnnxEmitter, x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : g.node("Mul", [x, g.scalar(factor)]);
}

/** Cuts a value in two along its first dimension: of the starts, and of the ends. */
export function halves(g: OnnxEmitter, x: Tensor): Tensor[] {
  return g.nodes("Split", [x], 2, { axis: 0, num_outputs: 2 });
}

/** The end's of a value less the start's. */
export function changeOf(g: OnnxEmitter, x: Tensor): Tensor {
  const [start, end] = halves(g, x);
  return g.node("Sub", [end, start]);
}
