/**
 * Returns the logarithmic mean (b − a) / (log b − log a) of two positive numbers from their logarithms; a where they
 * are equal. No digits are lost where they are near.
 */
export function logMean(logA: number, logB: number): number {
  const apart = Math.abs(logA - logB);
  return Math.exp(Math.max(logA, logB)) * (apart === 0 ? 1 : -Math.expm1(-apart) / apart);
}
