/**
 * Returns a quantile by linear interpolation between the two values next to it (type 7 of Hyndman & Fan 1996).
 *
 * @param values at least one
 * @param share 0 … 1
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (at - Math.floor(at)) * (above - below);
}
