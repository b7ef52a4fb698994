// Own code: a library as exact (stdlib) takes 120 ms to import, a faster one (jStat) is exact to nine digits only.

/** Share of the distribution below the upper end of a 95 % interval. */
export const UPPER_95 = 0.975;

// With as many degrees of freedom Student's t and the normal distribution agree to eight digits.
const ALMOST_NORMAL = 1e9;
// Most terms of the continued fraction of the incomplete beta function, and the number that stands for zero in it.
const MOST_TERMS = 10_000;
const TINY = 1e-300;

/**
 * Returns a quantile of Student's t distribution; of the normal distribution if `degrees` is Infinity.
 *
 * @param share of the distribution below the quantile, between 0 and 1
 * @param degrees degrees of freedom, > 0
 * @throws {RangeError} if `share` is not between 0 and 1, or `degrees` not above 0
 */
export function studentQuantile(share: number, degrees: number): number {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(`Cannot find a quantile as its share must be between 0 and 1: got ${share}`);
  }
  if (!(degrees > 0)) {
    throw new RangeError(`Cannot find a quantile as there must be a degree of freedom: got ${degrees}`);
  }
  if (share < 0.5) return -studentQuantile(1 - share, degrees);
  const ν = Math.min(degrees, ALMOST_NORMAL);
  let [low, high] = [0, 1];
  while (studentTail(high, ν) > 1 - share) [low, high] = [high, 2 * high];
  while (true) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (studentTail(middle, ν) > 1 - share) low = middle;
    else high = middle;
  }
}

/** Returns the share of the standard normal distribution below `z`. */
export function normalShare(z: number): number {
  const tail = studentTail(Math.abs(z), ALMOST_NORMAL);
  return z < 0 ? tail : 1 - tail;
}

/** P(t_ν > t) for t ≥ 0: I_x(ν/2, 1/2) / 2 with x = ν / (ν + t²). */
function studentTail(t: number, ν: number): number {
  return incompleteBeta(ν / (ν + t * t), t * t / (ν + t * t), ν / 2, 0.5) / 2;
}

/** Returns the regularized incomplete beta function I_x(a, b); y = 1 − x is passed for its digits. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const front = Math.exp(a * logOf(x, y) + b * logOf(y, x) - logBeta(a, b));
  return x < (a + 1) / (a + b + 2) ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(y, b, a) / b;
}

/** Returns log x, given x + y = 1: near 1 the digits are in y. */
function logOf(x: number, y: number): number {
  return y < 0.5 ? Math.log1p(-y) : Math.log(x);
}

/** Computes the continued fraction of I_x(a, b) (DLMF 8.17.22) by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const guard = (value: number) => Math.abs(value) < TINY ? TINY : value;
  let c = 1;
  let d = 1 / guard(1 - (a + b) * x / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / guard(1 + term * d);
      c = guard(1 + term / c);
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return fraction;
}

/** Returns log B(a, b); for a large argument the gammas would cancel, so their ratio is expanded instead. */
function logBeta(a: number, b: number): number {
  const large = Math.max(a, b);
  const small = Math.min(a, b);
  if (large < 1e4) return logGamma(a) + logGamma(b) - logGamma(a + b);
  // log Γ(z + s) − log Γ(z) = s log z + s (s − 1) / 2z − s (s − 1) (2s − 1) / 12z² + …
  const s = small;
  const ratio = s * Math.log(large) + s * (s - 1) / (2 * large) - s * (s - 1) * (2 * s - 1) / (12 * large * large);
  return logGamma(small) - ratio;
}

/** Returns log Γ(z) for z > 0, by Stirling's series after moving z up. */
function logGamma(z: number): number {
  let shift = 0;
  for (; z < 15; z++) shift += Math.log(z);
  const r = 1 / (z * z);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
