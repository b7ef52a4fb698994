/** The methods of this version. */
export const METHODS = ["integrated-gradients", "feature-ablation"] as const;
/** Quadrature rules; `adaptive` is certified, the others take `steps`. */
export const QUADRATURES = [
  "adaptive",
  "gauss-legendre",
  "riemann-left",
  "riemann-right",
  "riemann-middle",
  "trapezoid",
  "captum-trapezoid",
] as const;

/** One of `METHODS`. */
export type MethodName = typeof METHODS[number];
/** One of `QUADRATURES`. */
export type QuadratureName = typeof QUADRATURES[number];

/** What to attribute and how; every option resolved. Shared by the command line, the YAML sweep and the library. */
export interface AttributionOptions {
  /** How the attribution is computed. */
  readonly method: MethodName;
  /** F_t: the log-probability of each target token, nats. */
  readonly objective: "log-prob";
  /** integrated-gradients: `zero`, `mean` or `token:<id or text>` */
  readonly baseline: string;
  /** feature-ablation: `delete`, `zero`, `mean` or `token:<id or text>` */
  readonly scheme: string;
  /** integrated-gradients: the rule along the path. */
  readonly quadrature: QuadratureName;
  /** Path points of a fixed rule, ≥ 1 (≥ 2 for the trapezoids). */
  readonly steps: number;
  /** κ that `adaptive` is to reach, > 0. */
  readonly tolerance: number;
  /** Most path points that `adaptive` may evaluate. */
  readonly budget: number;
  /** Whether to compute the [T, L] matrix too. */
  readonly tokens: boolean;
  /**
   * Whether a fixed rule takes a forward-mode tangent at each point, about one more forward: it gives a sequence
   * attribution each target token's completeness error, and any attribution its arithmetic floor. `adaptive` needs it.
   */
  readonly perTarget: boolean;
  /** `special`, `template`, `first`, or zero-based positions as decimal strings. */
  readonly freeze: readonly string[];
}

/** The defaults of DESIGN.md. */
export const DEFAULT_OPTIONS: AttributionOptions = {
  method: "integrated-gradients",
  objective: "log-prob",
  // No token is meant by it, and its path is well-conditioned where that from zero is not (models without biases).
  baseline: "mean",
  scheme: "delete",
  quadrature: "adaptive",
  steps: 50,
  tolerance: 0.01,
  budget: 1000,
  tokens: false,
  perTarget: true,
  freeze: ["special", "template"],
};

/** The text that is explained. */
export interface AttributionText {
  /** What the model reads. */
  readonly prompt: string;
  /** The continuation to explain, with its own leading space; without it the model generates `generate` tokens. */
  readonly target?: string;
  /** Most tokens to generate where no target is given. */
  readonly generate?: number;
  /** Whether to put the prompt into the tokenizer's chat template. */
  readonly chat?: boolean;
}
