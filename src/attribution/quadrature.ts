/** Nodes in [0, 1] and their weights. */
export interface QuadratureRule {
  /** In [0, 1], ascending. */
  readonly nodes: readonly number[];
  /** One for each node. */
  readonly weights: readonly number[];
}

/** One way to integrate along a path. */
export interface Quadrature {
  /** One line for a person who chooses. */
  readonly help: string;
  /** True if its error is known: it refines until a certificate is met. */
  readonly certified: boolean;
  /** Fewest steps; null if it chooses its points itself. */
  readonly leastSteps: number | null;
  /** Most steps; absent if there is no bound of its own. */
  readonly mostSteps?: number;
}

/** A quadrature of a fixed number of points. */
export interface FixedQuadrature extends Quadrature {
  /** False: its error is seen only once it is done. */
  readonly certified: false;
  /** Fewest points. */
  readonly leastSteps: number;
  /** Most points whose nodes are made in seconds; absent if each node takes the same time. */
  readonly mostSteps?: number;
  /** Returns the rule of n points, n ≥ `leastSteps`. */
  readonly rule: (n: number) => QuadratureRule;
}

/** Name of a quadrature of a fixed number of points. */
export type FixedQuadratureName =
  | "gauss-legendre"
  | "riemann-left"
  | "riemann-right"
  | "riemann-middle"
  | "trapezoid"
  | "captum-trapezoid";

/** Name of a quadrature. */
export type QuadratureName = "adaptive" | FixedQuadratureName;

/** Quadratures of a fixed number of points by name. All weights sum to 1 but those of `captum-trapezoid`. */
export const FIXED_QUADRATURES: Readonly<Record<FixedQuadratureName, FixedQuadrature>> = {
  "gauss-legendre": {
    help: "exact for polynomials of degree 2 n − 1",
    certified: false,
    leastSteps: 1,
    // Each node takes a recurrence of n steps.
    mostSteps: 10_000,
    rule: gaussLegendre,
  },
  "riemann-left": {
    help: "n equal parts, each by its start",
    certified: false,
    leastSteps: 1,
    rule: (n) => even(n, 0),
  },
  "riemann-right": {
    help: "n equal parts, each by its end",
    certified: false,
    leastSteps: 1,
    rule: (n) => even(n, 1),
  },
  "riemann-middle": {
    help: "n equal parts, each by its middle",
    certified: false,
    leastSteps: 1,
    rule: (n) => even(n, 0.5),
  },
  trapezoid: {
    help: "n points joined by straight lines",
    certified: false,
    leastSteps: 2,
    rule: (n) => trapezoid(n, n - 1),
  },
  // Captum 0.9's riemann_trapezoid: spacing 1/(n − 1), step size 1/n, so that the weights sum to (n − 1)/n.
  "captum-trapezoid": {
    help: "Captum's trapezoid, whose weights sum to (n − 1)/n",
    certified: false,
    leastSteps: 2,
    rule: (n) => trapezoid(n, n),
  },
};

/** Every quadrature by name. */
export const QUADRATURE_RULES: Readonly<Record<QuadratureName, Quadrature>> = {
  adaptive: { help: "refines where the error is until it is below the tolerance", certified: true, leastSteps: null },
  ...FIXED_QUADRATURES,
};

/**
 * Returns the rule of n points: nodes in [0, 1] and weights.
 *
 * @throws {RangeError} if n is not a whole number from the fewest to the most steps of the rule
 */
export function quadratureRule(name: FixedQuadratureName, n: number): QuadratureRule {
  const { leastSteps, mostSteps = Infinity, rule } = FIXED_QUADRATURES[name];
  if (n > mostSteps) throw new RangeError(`Cannot use ${name} as its steps must be at most ${mostSteps}: got ${n}`);
  if (!Number.isSafeInteger(n) || n < leastSteps) {
    throw new RangeError(`Cannot use ${name} as its steps must be a whole number ≥ ${leastSteps}: got ${n}`);
  }
  return rule(n);
}

/** Nodes of Gauss–Lobatto's rule of 5 points, exact to degree 7 (Abramowitz & Stegun 1964, 25.4.32). */
export const LOBATTO_5: readonly number[] = [0, (1 - Math.sqrt(3 / 7)) / 2, 1 / 2, (1 + Math.sqrt(3 / 7)) / 2, 1];

/** Returns the rule on few given nodes in [0, 1] that is exact for polynomials of a degree below their number. */
export function interpolatory(nodes: readonly number[]): QuadratureRule {
  const weights = nodes.map((x, k) => {
    // Coefficients of Π_{j ≠ k} (z − x_j)/(x − x_j), from the constant on.
    let basis = [1];
    nodes.forEach((other, j) => {
      if (j === k) return;
      basis = [0, ...basis].map((higher, d) => (higher - other * (basis[d] ?? 0)) / (x - other));
    });
    return basis.reduce((sum, coefficient, d) => sum + coefficient / (d + 1), 0);
  });
  return { nodes, weights };
}

/**
 * Returns the node y in (0, 1) that makes the rule on 0, x, y and 1 exact to degree 4: ∫ z (1 − z) (z − x) (z − y) dz =
 * 0. If there is none inside, as for x near the middle, y is the middle of the longer part (degree 3).
 */
export function simpsonComplement(x: number): number {
  const y = (x / 12 - 1 / 20) / (x / 6 - 1 / 12);
  if (y > 0.05 && y < 0.95) return y;
  return x < 0.5 ? (1 + x) / 2 : x / 2;
}

function even(n: number, offset: number): QuadratureRule {
  return {
    nodes: Array.from({ length: n }, (_, k) => (k + offset) / n),
    weights: Array.from({ length: n }, () => 1 / n),
  };
}

function trapezoid(n: number, divisor: number): QuadratureRule {
  return {
    nodes: Array.from({ length: n }, (_, k) => k / (n - 1)),
    weights: Array.from({ length: n }, (_, k) => (k === 0 || k === n - 1 ? 0.5 : 1) / divisor),
  };
}

/** Finds the roots of the Legendre polynomial by Newton's iteration, from Tricomi's estimates. */
function gaussLegendre(n: number): QuadratureRule {
  const nodes = new Array<number>(n);
  const weights = new Array<number>(n);
  for (let k = 0; k < n; k++) {
    let x = Math.cos(Math.PI * (k + 0.75) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step++) {
      const p = legendre(n, x);
      slope = p.slope;
      const move = p.value / p.slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    slope = legendre(n, x).slope;
    // Roots come from the right end.
    nodes[n - 1 - k] = (1 + x) / 2;
    weights[n - 1 - k] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** P_n(x) and its derivative by the three-term recurrence, |x| < 1. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let previous = 1;
  let value = x;
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
  return { value, slope: n * (x * value - previous) / (x * x - 1) };
}
