/**
 * Fills y for one row.
 *
 * @param r (mean(x²) + ε)^−½
 * @param other dy or a tangent
 * @param residual is added to the result
 */
export type NormRule = (
  x: Float64Array,
  w: Float32Array,
  r: number,
  other: Float64Array,
  y: Float64Array,
  residual?: Float64Array,
) => void;

/** y = w ∘ x · r */
export const normForward: NormRule = (x, w, r, _other, y) => {
  for (let d = 0; d < x.length; d++) y[d] = w[d] * x[d] * r;
};

/** dx = r · (w ∘ dy) − x · (r³/D) · Σ_j w_j dy_j x_j, and the residual if there is one */
export const normBackward: NormRule = (x, w, r, dy, dx, residual) => {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += w[d] * dy[d] * x[d];
  const pull = sum * r ** 3 / x.length;
  for (let d = 0; d < x.length; d++) dx[d] = r * w[d] * dy[d] - x[d] * pull + (residual?.[d] ?? 0);
};

/** ty = w ∘ (tx · r − x · (r³/D) · Σ_j x_j tx_j) */
export const normTangent: NormRule = (x, w, r, tx, ty) => {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += x[d] * tx[d];
  const pull = sum * r ** 3 / x.length;
  for (let d = 0; d < x.length; d++) ty[d] = w[d] * (tx[d] * r - x[d] * pull);
};
