/** Derivatives to take at each point of a path; scores always come. */
export interface PathWants {
  /** dφ_t/dα for all t. */
  readonly tangent: boolean;
  /** Gradient times direction for each coordinate: of Σ_t φ_t, or of each φ_t. */
  readonly gradient: "none" | "sequence" | "token";
  /** True also takes what passes through each part of the network; needs tangents and the sequence's gradient. */
  readonly inside?: boolean;
}

/** Scores and derivatives at some points of a path, one element for each point. */
export interface PathSamples {
  /** φ_t(α), [T] */
  readonly score: readonly Float64Array[];
  /** dφ_t/dα, [T]; empty if not wanted */
  readonly tangent: readonly Float64Array[];
  /** ∂φ/∂x_i · (end − start)_i, [L] of Σ_t φ_t or [T L] of each; empty if not wanted */
  readonly gradient: readonly Float64Array[];
  /**
   * ⟨∂Σ_t φ_t/∂h, dh/dα⟩ of every part h of the network, [K] in the order that the path's owner knows; there if
   * wanted. Parts that cut the network apart sum to Σ_t dφ_t/dα.
   */
  readonly inside?: readonly Float32Array[];
}

/** T functions along the straight path between two inputs of L coordinates: all that integrated gradients need. */
export interface PathFunction {
  /** L */
  readonly tokens: number;
  /** T */
  readonly targets: number;
  /** Positions that each part of the network has, the last index of `inside`; there if it can be taken. */
  readonly positions?: number;
  /** Returns scores and derivatives at points of the path, α in [0, 1]. */
  evaluate(alphas: readonly number[], wants: PathWants): Promise<PathSamples>;
}

/** Attribution of a path by a quadrature, with measures of its error. */
export interface PathIntegral {
  /** Σ_k w_k gradient(α_k): [L] or [T L], in the unit of φ. */
  readonly attribution: Float64Array;
  /** [T], the sum of each target's attribution over the coordinates, as Σ_k w_k dφ_t/dα(α_k); null if not wanted. */
  readonly total: Float64Array | null;
  /** Σ_k w_k inside(α_k), [K]: the conductance of each part of the network; there if wanted. */
  readonly inside?: Float64Array;
  /** φ_t(1), [T] */
  readonly input: Float64Array;
  /** φ_t(0), [T] */
  readonly baseline: Float64Array;
  /** Points at which anything was evaluated. */
  readonly pathPoints: number;
  /**
   * Rounding relative to Σ_t |φ_t(1) − φ_t(0)|: the disagreement of forward and reverse mode, which differ by rounding
   * alone, and for adaptive quadrature also the measured rounding of the scores in its residuals. Null if the gap is
   * zero or forward mode was not wanted.
   */
  readonly arithmeticFloor: number | null;
  /** Adaptive quadrature only. */
  readonly certified: PathCertificate | null;
}

/** Certificate of adaptive quadrature. */
export interface PathCertificate {
  /**
   * κ = Σ_intervals Σ_t |r_t| / Σ_t |φ_t(1) − φ_t(0)|; null if that gap is zero. An interval counts for more if its
   * last refinement changed the integrals of single coordinates by more than such residuals explain
   * (docs/quadrature.md).
   */
  readonly certificate: number | null;
  /** κ_t, [T] */
  readonly perTarget: readonly (number | null)[];
  /** Estimated absolute error of each entry of `attribution`. */
  readonly entryError: Float64Array;
  /** True if κ ≤ tolerance. */
  readonly met: boolean;
  /** The parts of the path that hold nine tenths of κ, ascending, at most the 8 largest; empty if κ is met. */
  readonly resisting: readonly ResistingPart[];
}

/** A part of the path whose residual stayed large. */
export interface ResistingPart {
  /** α at its start. */
  readonly from: number;
  /** α at its end. */
  readonly to: number;
  /** Its part of κ, in (0, 1]. */
  readonly share: number;
}
