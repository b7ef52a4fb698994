/** Divergences of two distributions p and q, nats. */
export interface Divergences {
  /** Σ p log(p / q) */
  readonly kl: number;
  /** Σ q log(q / p) */
  readonly reverse: number;
  /** Σ p log(p / m) / 2 + q log(q / m) / 2, m = (p + q) / 2: at most log 2. */
  readonly js: number;
}

/** Compares two distributions of which the logarithms are given, [V] each. */
export function divergences(p: ArrayLike<number>, q: ArrayLike<number>): Divergences {
  let [kl, reverse, js] = [0, 0, 0];
  for (let v = 0; v < p.length; v++) {
    const [own, other] = [Math.exp(p[v]), Math.exp(q[v])];
    const apart = p[v] - q[v];
    kl += part(own, other, apart);
    reverse += part(other, own, -apart);
    const mean = (own + other) / 2;
    if (mean === 0) continue;
    for (const one of [own, other]) js += part(one, mean, Math.log1p((one - mean) / mean)) / 2;
  }
  return { kl, reverse, js };
}

/** Returns the logarithms of softmax(z), [V]. */
export function logSoftmax(z: ArrayLike<number>): Float64Array {
  let top = -Infinity;
  for (let v = 0; v < z.length; v++) top = Math.max(top, z[v]);
  let sum = 0;
  for (let v = 0; v < z.length; v++) sum += Math.exp(z[v] - top);
  const total = top + Math.log(sum);
  return Float64Array.from(z, (value) => value - total);
}

/** p x − p + q of x = log(p / q): at least 0, so that a small sum keeps its digits; near 0 by its series. */
function part(p: number, q: number, x: number): number {
  if (p === 0) return q;
  if (Math.abs(x) < 1e-3) return q * x * x * (1 / 2 + x * (1 / 3 + x * (1 / 8 + x / 30)));
  return p * x - (p - q);
}
