/**
 * Fits the exponent p of y ≈ c xᵖ, by least squares of log y on log x.
 *
 * @throws {RangeError} if there are fewer than two points, or values that are not positive
 */
export function exponent(x: readonly number[], y: readonly number[]): number {
  if (x.length < 2 || x.length !== y.length || ![...x, ...y].every((value) => value > 0)) {
    throw new RangeError(`Cannot fit an exponent as there must be two or more positive points: got [${x}] and [${y}]`);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const [mu, mv] = [mean(u), mean(v)];
  const covariance = u.reduce((sum, value, i) => sum + (value - mu) * (v[i] - mv), 0);
  return covariance / u.reduce((sum, value) => sum + (value - mu) ** 2, 0);
}
