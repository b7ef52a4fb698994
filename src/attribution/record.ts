/** The record's schema name; it changes when a field changes its meaning. */
export const RECORD_SCHEMA = "whence.attribution/1";

/** How far an attribution's sum is from the change of the score that it explains. */
export interface SequenceCompleteness {
  /** Σ_t δ_t, nats; null where the baseline cannot be scored. */
  readonly delta: number | null;
  /** |Σ_t δ_t| / |Σ_t (F_t(x) − F_t(x′))|; null where that gap is zero. */
  readonly relative: number | null;
  /** κ of the adaptive quadrature; null for the other rules and for ablation. */
  readonly certificate: number | null;
  /** κ asked for; null where none was. */
  readonly tolerance: number | null;
  /** Whether the tolerance was reached within the budget; null where none was asked for. */
  readonly met: boolean | null;
}

/** One prompt or target token of a record. */
export interface RecordToken {
  readonly id: number;
  readonly text: string;
}

/** One attribution with everything needed to judge and repeat it: DESIGN.md, "The record". */
export interface AttributionRecord {
  readonly schema: typeof RECORD_SCHEMA;
  readonly model: {
    readonly id: string;
    readonly architecture: string;
    readonly quantization: string;
    readonly parameters: number;
    readonly fingerprint: string;
  };
  readonly device: { readonly backend: "webgpu" | "reference"; readonly adapter: string };
  /** `name` and every option, resolved. */
  readonly method: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly prompt: { readonly text: string; readonly tokens: readonly (RecordToken & { readonly frozen: boolean })[] };
  readonly target: { readonly text: string; readonly tokens: readonly RecordToken[] };
  readonly score: {
    readonly objective: string;
    /** [T] F_t(x), nats */
    readonly input: readonly number[];
    /** [T] F_t(x′), nats. For ablation x′ has every unit ablated at once; null where deleting them all leaves nothing. */
    readonly baseline: readonly number[] | null;
  };
  /** [T][L] or null where only the sequence was asked for */
  readonly tokenAttribution: readonly (readonly number[])[] | null;
  /** [L] */
  readonly sequenceAttribution: readonly number[];
  /** [L], sampled methods only */
  readonly standardError: readonly number[] | null;
  readonly completeness: {
    /** [T] δ_t, nats; null where the baseline cannot be scored */
    readonly delta: readonly number[] | null;
    /** [T] ε_t; an element is null where the gap of that token is zero */
    readonly relative: readonly (number | null)[] | null;
    /** [T] κ_t, adaptive quadrature only; an element is null where the gap of that token is zero */
    readonly certificate: readonly (number | null)[] | null;
    /** [T][L] or [L], adaptive quadrature only: estimated absolute error of each entry, nats */
    readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
    readonly sequence: SequenceCompleteness;
    /** What f32 arithmetic may cost, relative like the certificate; null where it is not estimated (ablation). */
    readonly arithmeticFloor: number | null;
  };
  /** What a reader must know before using the numbers, in sentences. Empty where there is nothing. */
  readonly advice: readonly string[];
  readonly cost: {
    readonly pathPoints: number;
    readonly forwardRows: number;
    readonly backwardRows: number;
    readonly seconds: number;
    readonly gpuSeconds: number | null;
    readonly predictedBytes: number;
    readonly peakBytes: number;
  };
}
