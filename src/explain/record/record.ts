import type { ObjectiveName } from "../../attribution/objectives/objective.ts";
import type { ObjectiveUnit } from "../../attribution/objectives/objective_definition.ts";
import type { DeviceInfo } from "../../model/device_info.ts";
import type { OwnText } from "../own/own_name.ts";
import type { RecordMetrics } from "./record_metrics.ts";
import type { RecordContext } from "./record_context.ts";
import type { RecordInside } from "./record_inside.ts";
import type { RecordPrefix } from "./record_prefix.ts";
import type { RecordSampling } from "./record_sampling.ts";
import type { RecordSurrogate } from "./record_surrogate.ts";
import type { RecordThrough } from "./record_through.ts";
import type { RecordToken } from "./record_token.ts";
import type { RecordUnits } from "./record_units.ts";

/** The record's schema name; it changes when a field changes its meaning. */
export const RECORD_SCHEMA = "whence.attribution/1";

/** Difference between an attribution's sum and the change of the score that it explains. */
export interface SequenceCompleteness {
  /** Σ_i A[i] − Σ_t (F_t(x) − F_t(x′)) = Σ_t δ_t, nats; null if the baseline cannot be scored, and for surrogates. */
  readonly delta: number | null;
  /** The same, absolute, / |Σ_t (F_t(x) − F_t(x′))|; null if that gap is zero. */
  readonly relative: number | null;
  /** κ of the adaptive quadrature; null for the other rules and for ablation. */
  readonly certificate: number | null;
  /** κ asked for; null if none was. */
  readonly tolerance: number | null;
  /** True if the tolerance was reached within the budget; null if none was asked for. */
  readonly met: boolean | null;
}

/** One attribution with everything needed to judge and repeat it. */
export interface AttributionRecord {
  /** Name and version of this layout. */
  readonly schema: typeof RECORD_SCHEMA;
  /** Records of experiments only: the key of the cell that it was computed for. */
  readonly cell?: string;
  /** The model that is explained. */
  readonly model: {
    /** Name by which it was loaded. */
    readonly id: string;
    /** "qwen2" or "llama". */
    readonly architecture: string;
    /** Format of the blocks' linear layers. */
    readonly quantization: string;
    /** Number of weights. */
    readonly parameters: number;
    /** "sha256:…" of the weight files. */
    readonly fingerprint: string;
    /**
     * "sha256:…" of all that decides the model's numbers but the device; earlier versions knew the fingerprint alone.
     */
    readonly identity?: string;
  };
  /** Device that it ran on. */
  readonly device: DeviceInfo;
  /** `name` and every option, resolved. */
  readonly method: Readonly<Record<string, unknown>> & { readonly name: string };
  /** The prompt as tokens, [L]. */
  readonly prompt: {
    /** With a history, the contents of its messages and the prompt, a line break between them. */
    readonly text: string;
    /** Messages before the prompt; absent if there are none. */
    readonly history?: readonly { readonly role: string; readonly content: string }[];
    readonly tokens: readonly (RecordToken & { readonly frozen: boolean })[];
  };
  /** The target as tokens, [T]. */
  readonly target: {
    readonly text: string;
    readonly tokens: readonly RecordToken[];
    /** Generated targets only: options of the generation; null if nothing is drawn, or of all tokens. */
    readonly generation?: {
      /** Most tokens. */
      readonly generate: number;
      readonly temperature: number | null;
      readonly topK: number | null;
      readonly topP: number | null;
      readonly repetitionPenalty: number;
      readonly seed: number | null;
      /** Texts that end it. */
      readonly stop: readonly string[];
    };
  };
  /** Objective `contrastive` only: the continuation that the target is compared with, of any length. */
  readonly alternative?: { readonly text: string; readonly tokens: readonly RecordToken[] };
  /**
   * The score that is explained, at the prompt and at the baseline. If it is one number for the whole target, every [T]
   * and [T][L] of this record is [1] and [1][L].
   */
  readonly score: {
    /** The objective F_t; `own:` and a name for one that the caller's code made. */
    readonly objective: ObjectiveName | OwnText;
    /** Unit of the score and of all attributions, also of fields that speak of nats. */
    readonly unit: ObjectiveUnit;
    /** True if the caller's own objective falls where the prompt supports the target; else absent. */
    readonly falls?: boolean;
    /** A score for each target token, or one for the whole sequence. */
    readonly per: "token" | "sequence";
    /** Objective `margin` only, [T]: the two tokens that were likeliest, in that order. */
    readonly pairs?: readonly { readonly first: RecordToken; readonly second: RecordToken }[];
    /** [T] F_t(x), nats */
    readonly input: readonly number[];
    /** [T] F_t(x′), nats. For ablation x′ has every unit ablated at once; null if deleting them all leaves nothing. */
    readonly baseline: readonly number[] | null;
  };
  /** [T][L] or null if only the sequence was asked for; a unit's attribution is spread evenly over its tokens */
  readonly tokenAttribution: readonly (readonly number[])[] | null;
  /** [L] */
  readonly sequenceAttribution: readonly number[];
  /** [L] of `sequenceAttribution`, sampled methods only; spread like it */
  readonly standardError: readonly number[] | null;
  /** The attributions that were computed or summed, if some unit has more tokens than one. */
  readonly units?: RecordUnits;
  /**
   * Share of the target's rows, if these moved along the path (`prefix: interpolated`, a layer above 0) or chains were
   * followed.
   */
  readonly prefix?: RecordPrefix;
  /** Conductance of each part of the network, if it was asked for. */
  readonly inside?: RecordInside;
  /** Influence on the answer through chains of generated tokens, if these were followed. */
  readonly through?: RecordThrough;
  /** Dependence of the target on documents of the prompt, if it has any, and the parts that it rests on. */
  readonly context?: RecordContext;
  /** Perturbation methods and random baselines only. */
  readonly sampling?: RecordSampling;
  /** LIME and context-cite only. */
  readonly surrogate?: RecordSurrogate;
  /** Measures of the attribution, if metrics were asked for. */
  readonly metrics?: RecordMetrics;
  /** Errors of the attribution: how far its numbers can be trusted. */
  readonly completeness: {
    /** [T] δ_t, nats; null if the baseline cannot be scored, for surrogates, or if the method's `perTarget` is off */
    readonly delta: readonly number[] | null;
    /** [T] ε_t, or null as `delta`; an element is null if the gap of that token is zero */
    readonly relative: readonly (number | null)[] | null;
    /** [T] κ_t, adaptive quadrature only; an element is null if the gap of that token is zero */
    readonly certificate: readonly (number | null)[] | null;
    /** [T][L] or [L], adaptive quadrature only: estimated absolute error of each entry, nats */
    readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
    /** Of the sum over target tokens. */
    readonly sequence: SequenceCompleteness;
    /**
     * Adaptive quadrature only: the parts of the path that hold nine tenths of κ, at most the 8 largest, α ascending,
     * with their shares of κ; empty if it is met.
     */
    readonly resisting?: readonly { readonly from: number; readonly to: number; readonly share: number }[];
    /**
     * Error that f32 arithmetic may add, relative like the certificate; null if not estimated (ablation, `perTarget`
     * off).
     */
    readonly arithmeticFloor: number | null;
  };
  /** Sentences to read before using the numbers; most often none. */
  readonly advice: readonly string[];
  /** Cost of the attribution. */
  readonly cost: {
    /** Points of the path at which the model was evaluated. */
    readonly pathPoints: number;
    /** Token rows taken forward, forward-mode tangents included. */
    readonly forwardRows: number;
    /** Token rows taken back. */
    readonly backwardRows: number;
    /** Wall-clock seconds, loading aside. */
    readonly seconds: number;
    /** Seconds on the GPU; null if the adapter has no timestamps. */
    readonly gpuSeconds: number | null;
    /** Bytes that the plan foresaw for weights and values. */
    readonly predictedBytes: number;
    /** Most bytes that the model has held so far. */
    readonly peakBytes: number;
  };
}
