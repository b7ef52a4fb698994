/** The record's schema name; it changes when a field changes its meaning. */
export const RECORD_SCHEMA = "whence.attribution/1";

/** How far an attribution's sum is from the change of the score that it explains. */
export interface SequenceCompleteness {
  /** Σ_i A[i] − Σ_t (F_t(x) − F_t(x′)) = Σ_t δ_t, nats; null where the baseline cannot be scored. */
  readonly delta: number | null;
  /** The same, absolute, / |Σ_t (F_t(x) − F_t(x′))|; null where that gap is zero. */
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
  /** Token id. */
  readonly id: number;
  /** What a person reads; a leading space is kept. */
  readonly text: string;
}

/** One attribution with everything needed to judge and repeat it: DESIGN.md, "The record". */
export interface AttributionRecord {
  /** Name and version of this layout. */
  readonly schema: typeof RECORD_SCHEMA;
  /** The model that is explained. */
  readonly model: {
    /** As it was named. */
    readonly id: string;
    /** "qwen2" or "llama". */
    readonly architecture: string;
    /** What the block's linear layers are stored as. */
    readonly quantization: string;
    /** Number of weights. */
    readonly parameters: number;
    /** "sha256:…" of the weight files. */
    readonly fingerprint: string;
  };
  /** What it ran on. */
  readonly device: {
    /** WebGPU kernels, or the f64 reference. */
    readonly backend: "webgpu" | "reference";
    /** The adapter's own description. */
    readonly adapter: string;
    /** Which kernels were used: "default", or a hash of the choices of `doctor --tune`; null for the reference. */
    readonly tuning: string | null;
  };
  /** `name` and every option, resolved. */
  readonly method: Readonly<Record<string, unknown>> & { readonly name: string };
  /** The prompt as tokens, [L]. */
  readonly prompt: { readonly text: string; readonly tokens: readonly (RecordToken & { readonly frozen: boolean })[] };
  /** The target as tokens, [T]. */
  readonly target: { readonly text: string; readonly tokens: readonly RecordToken[] };
  /** What is explained, at the prompt and at the baseline. */
  readonly score: {
    /** The objective F_t. */
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
  /** How far the numbers can be trusted. */
  readonly completeness: {
    /** [T] δ_t, nats; null where the baseline cannot be scored, or where the method's `perTarget` is off */
    readonly delta: readonly number[] | null;
    /** [T] ε_t, or null as `delta`; an element is null where the gap of that token is zero */
    readonly relative: readonly (number | null)[] | null;
    /** [T] κ_t, adaptive quadrature only; an element is null where the gap of that token is zero */
    readonly certificate: readonly (number | null)[] | null;
    /** [T][L] or [L], adaptive quadrature only: estimated absolute error of each entry, nats */
    readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
    /** Of the sum over target tokens. */
    readonly sequence: SequenceCompleteness;
    /** What f32 arithmetic may cost, relative like the certificate; null where it is not estimated (ablation, `perTarget` off). */
    readonly arithmeticFloor: number | null;
  };
  /** What a reader must know before using the numbers, in sentences. Empty where there is nothing. */
  readonly advice: readonly string[];
  /** What it took. */
  readonly cost: {
    /** Points of the path at which the model was evaluated. */
    readonly pathPoints: number;
    /** Token rows taken forward, forward-mode tangents included. */
    readonly forwardRows: number;
    /** Token rows taken back. */
    readonly backwardRows: number;
    /** Wall-clock seconds, loading aside. */
    readonly seconds: number;
    /** Seconds on the GPU; null where the adapter has no timestamps. */
    readonly gpuSeconds: number | null;
    /** Bytes that the plan foresaw for weights and values. */
    readonly predictedBytes: number;
    /** Most bytes that the model has held so far. */
    readonly peakBytes: number;
  };
}
