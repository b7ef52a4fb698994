import type { ObjectiveName } from "../../attribution/objectives/objective.ts";
import type { ObjectiveUnit } from "../../attribution/objectives/objective_definition.ts";
import type { DeviceInfo } from "../../model/device_info.ts";

/** The record's schema name; it changes when a field changes its meaning. */
export const RECORD_SCHEMA = "whence.attribution/1";

/** How far an attribution's sum is from the change of the score that it explains. */
export interface SequenceCompleteness {
  /** Σ_i A[i] − Σ_t (F_t(x) − F_t(x′)) = Σ_t δ_t, nats; null where the baseline cannot be scored, and for surrogates. */
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
  /** UTF-16 offsets into the text that the token is of; −1 where it holds none of it or they are not known. */
  readonly start?: number;
  /** Behind its last character; −1 as `start`. */
  readonly end?: number;
}

/** Units of the prompt, U of them, each prompt token in one, and of the target, and their attributions. */
export interface RecordUnits {
  /** What is taken away, or summed, as one. */
  readonly prompt: readonly {
    /** White space included. */
    readonly text: string;
    /** Slot or role; null where it has none. */
    readonly name: string | null;
    /** Positions, ascending. */
    readonly tokens: readonly number[];
    /** Whether it is never taken away. */
    readonly frozen: boolean;
  }[];
  /** Units of the target, T′ of them, where these are not tokens; each target token is in one. */
  readonly target?: readonly {
    /** White space included. */
    readonly text: string;
    /** Slot or span; null where it has none. */
    readonly name: string | null;
    /** Positions, ascending. */
    readonly tokens: readonly number[];
  }[];
  /** [T][U] or, where there are target units, [T′][U], sums of their tokens' rows; null where only the sequence was asked for */
  readonly attribution: readonly (readonly number[])[] | null;
  /** [U], nats */
  readonly sequence: readonly number[];
  /** [U] of `sequence`, sampled methods only */
  readonly standardError: readonly number[] | null;
  /** [U] of `sequence`, adaptive quadrature only: the sums of the estimated errors of its tokens */
  readonly entryError: readonly number[] | null;
}

/**
 * The rest of what the attributions sum to: the share of the target's first T − 1 tokens, where their rows moved along the
 * path. Target t reads the first t of them. Of the objective `contrastive` those of the alternative follow.
 */
export interface RecordPrefix {
  /** [T][T − 1], nats, or null where only the sequence was asked for; of one score for the sequence [1][…] */
  readonly attribution: readonly (readonly number[])[] | null;
  /** [T − 1], nats */
  readonly sequence: readonly number[];
  /** [T − 1] of `sequence`, random baselines only */
  readonly standardError: readonly number[] | null;
  /** [T][T − 1] or [T − 1], adaptive quadrature only: estimated absolute error of each entry, nats */
  readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
}

/** What a perturbation method, or one that samples, asked of the model and how it ended. */
export interface RecordSampling {
  /** Distinct prompts scored, or path points of random baselines. */
  readonly calls: number;
  /** Independent draws; null where nothing was drawn. */
  readonly samples: number | null;
  /** Of Student's t. */
  readonly degreesOfFreedom: number | null;
  /** Standard errors from an attribution to either end of its 95 % interval. */
  readonly halfWidth: number | null;
  /** [T][L] standard errors of `tokenAttribution`, nats; null where there is none. */
  readonly tokenStandardError: readonly (readonly number[])[] | null;
  /** Why the sampling ended, null where the method does not stop by itself. */
  readonly stopped: {
    /** `exact` where nothing was left to sample. */
    readonly by: "standard-error" | "budget" | "samples" | "exact";
    /** Standard error asked for, nats; null where none was. */
    readonly asked: number | null;
    /** The largest, nats; null where there is none. */
    readonly reached: number | null;
    /** Whether `reached` is at most `asked`; null where none was asked for. */
    readonly met: boolean | null;
  } | null;
}

/** How far to believe a linear surrogate; arrays are [T + 1], the sequence last; null where the scores do not vary. */
export interface RecordSurrogate {
  /** Coalitions that it was fitted to. */
  readonly samples: number;
  /** What it predicts of the empty prompt, in the units of its attributions. */
  readonly intercept: readonly number[];
  /** Share of the variance that it explains where it was fitted. */
  readonly r2: readonly (number | null)[];
  /** The same on coalitions that it has not seen; null where none were held out. */
  readonly heldOut: {
    /** Coalitions. */
    readonly samples: number;
    /** Share of the variance. */
    readonly r2: readonly (number | null)[];
    /** Linear datamodeling score: Spearman's correlation of scores and predictions. */
    readonly lds: readonly (number | null)[];
    /** 95 % interval of each. */
    readonly ldsInterval: readonly (readonly [low: number, high: number] | null)[];
  } | null;
}

/** A measure of an order of units against random orders: see `Faithfulness` of the metrics. */
export interface RecordFaithfulness {
  /** Nats. */
  readonly value: number;
  /** The same of random orders: mean and standard deviation, nats, and how many there were. */
  readonly control: { readonly mean: number; readonly deviation: number; readonly orders: number };
  /** How much better than their mean, nats, with its 95 % interval: positive is good for every measure. */
  readonly advantage: { readonly value: number; readonly low: number; readonly high: number };
  /** The chance of such a value if the order told nothing. */
  readonly chance: number;
  /** Curves alone: scores after so many units were taken away or put back, nats, beside the random orders' mean and deviation. */
  readonly curve?: {
    readonly counts: readonly number[];
    readonly scores: readonly number[];
    readonly controlMean: readonly number[];
    readonly controlDeviation: readonly number[];
  };
}

/** Measures of the sequence attribution, those that were asked for. */
export interface RecordMetrics {
  /** What takes the place of a unit in all but the sensitivity. */
  readonly scheme: string;
  /** Of random orders, coalitions and perturbations. */
  readonly seed: number;
  /** Mean height of the score while units are taken away, the largest attribution first. */
  readonly deletion?: RecordFaithfulness;
  /** Mean height of the score while units are put back, the largest attribution first. */
  readonly insertion?: RecordFaithfulness;
  /** What the score loses without the units of the largest attributions. */
  readonly comprehensiveness?: RecordFaithfulness;
  /** What the score loses with these alone. */
  readonly sufficiency?: RecordFaithfulness;
  /** Mean square of what the attribution does not tell of taking units away, nats², with its 95 % interval. */
  readonly infidelity?: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** That of the attribution times `scale`, the factor that suits it best. */
    readonly scaled: number;
    readonly scale: number;
    /** Coalitions. */
    readonly samples: number;
  };
  /** Largest and mean relative change of the attribution under small changes of the embeddings; null for one of zeros. */
  readonly sensitivity?: {
    readonly max: number | null;
    readonly mean: number | null;
    /** Perturbed inputs. */
    readonly samples: number;
    /** Largest change of a coordinate. */
    readonly radius: number;
  };
  /** What they took beside the attribution. */
  readonly cost: {
    /** Distinct prompts scored. */
    readonly calls: number;
    readonly forwardRows: number;
    readonly backwardRows: number;
    readonly seconds: number;
  };
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
  readonly device: DeviceInfo;
  /** `name` and every option, resolved. */
  readonly method: Readonly<Record<string, unknown>> & { readonly name: string };
  /** The prompt as tokens, [L]. */
  readonly prompt: {
    /** With a history, the contents of its messages and the prompt, a line break between them. */
    readonly text: string;
    /** Messages before the prompt; absent where there are none. */
    readonly history?: readonly { readonly role: string; readonly content: string }[];
    readonly tokens: readonly (RecordToken & { readonly frozen: boolean })[];
  };
  /** The target as tokens, [T]. */
  readonly target: {
    readonly text: string;
    readonly tokens: readonly RecordToken[];
    /** Generated targets only: what was asked for; null where nothing is drawn, or of all tokens. */
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
   * What is explained, at the prompt and at the baseline. Where it is one number for the whole target, every [T] and [T][L] of
   * this record is [1] and [1][L].
   */
  readonly score: {
    /** The objective F_t. */
    readonly objective: ObjectiveName;
    /** What it and all attributions are measured in, also where the fields of this record speak of nats. */
    readonly unit: ObjectiveUnit;
    /** Whether there is a score for each target token, or one for the whole sequence. */
    readonly per: "token" | "sequence";
    /** Objective `margin` only, [T]: the two tokens that were likeliest, in that order. */
    readonly pairs?: readonly { readonly first: RecordToken; readonly second: RecordToken }[];
    /** [T] F_t(x), nats */
    readonly input: readonly number[];
    /** [T] F_t(x′), nats. For ablation x′ has every unit ablated at once; null where deleting them all leaves nothing. */
    readonly baseline: readonly number[] | null;
  };
  /** [T][L] or null where only the sequence was asked for; a unit's attribution is spread evenly over its tokens */
  readonly tokenAttribution: readonly (readonly number[])[] | null;
  /** [L] */
  readonly sequenceAttribution: readonly number[];
  /** [L] of `sequenceAttribution`, sampled methods only; spread like it */
  readonly standardError: readonly number[] | null;
  /** Where some unit has more tokens than one: the attributions that were computed or summed. */
  readonly units?: RecordUnits;
  /** Where the target's rows moved along the path: `prefix: interpolated`, or a layer above 0. */
  readonly prefix?: RecordPrefix;
  /** Perturbation methods and random baselines only. */
  readonly sampling?: RecordSampling;
  /** LIME and context-cite only. */
  readonly surrogate?: RecordSurrogate;
  /** Where metrics were asked for. */
  readonly metrics?: RecordMetrics;
  /** How far the numbers can be trusted. */
  readonly completeness: {
    /** [T] δ_t, nats; null where the baseline cannot be scored, for surrogates, or where the method's `perTarget` is off */
    readonly delta: readonly number[] | null;
    /** [T] ε_t, or null as `delta`; an element is null where the gap of that token is zero */
    readonly relative: readonly (number | null)[] | null;
    /** [T] κ_t, adaptive quadrature only; an element is null where the gap of that token is zero */
    readonly certificate: readonly (number | null)[] | null;
    /** [T][L] or [L], adaptive quadrature only: estimated absolute error of each entry, nats */
    readonly entryError: readonly (readonly number[])[] | readonly number[] | null;
    /** Of the sum over target tokens. */
    readonly sequence: SequenceCompleteness;
    /**
     * Adaptive quadrature only: the parts of the path that hold nine tenths of κ, at most the 8 largest, α ascending, with
     * their shares of κ; empty where it is met.
     */
    readonly resisting?: readonly { readonly from: number; readonly to: number; readonly share: number }[];
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
