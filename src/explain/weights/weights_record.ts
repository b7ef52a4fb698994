import type { DeviceInfo } from "../../model/device_info.ts";
import type { WeightPair } from "../../model/pair/weight_pair.ts";
import type { RecordToken } from "../record/record_token.ts";

/** The layout's name; it changes when a field changes its meaning. */
export const WEIGHTS_SCHEMA = "whence.weights/1";

/** Share of a part of a weight: a head's queries, or a whole matrix. */
export interface WeightShare {
  /** Number of the block; null for the norm after the last. */
  readonly layer: number | null;
  /** `q`, `k`, `v`, `o`, `gate`, `up`, `down`, or the name of a norm. */
  readonly matrix: string;
  /** Number of the head of queries, or of keys and values; null for a whole matrix. */
  readonly head: number | null;
  /** Change of Σ_t F_t that goes through it, nats. */
  readonly share: number;
  /** Estimated absolute error. */
  readonly error: number;
  /** Of each position of prompt and target, [L + T − 1]. */
  readonly positions: readonly number[];
}

/** Attribution of a change of scores to the weights that changed, from one checkpoint's to another's. */
export interface WeightsRecord {
  /** Name and version of this layout. */
  readonly schema: typeof WEIGHTS_SCHEMA;
  /** The first checkpoint, W₀, and the other, W₁. */
  readonly models: readonly [first: WeightPair["other"], other: WeightPair["other"]];
  /** Device that both ran on. */
  readonly device: DeviceInfo;
  /** The prompt as tokens, [L]. */
  readonly prompt: { readonly text: string; readonly tokens: readonly RecordToken[] };
  /** The target as tokens, [T]. */
  readonly target: { readonly text: string; readonly tokens: readonly RecordToken[] };
  /** log p of each target token by either checkpoint, [T], nats. */
  readonly score: { readonly first: readonly number[]; readonly other: readonly number[] };
  /** Shares of all parts, in the order of the model. */
  readonly shares: readonly WeightShare[];
  /** Errors of the shares. */
  readonly completeness: {
    /** Σ shares − Σ_t (F_t(W₁) − F_t(W₀)), nats */
    readonly delta: number;
    /** The same, absolute, / |Σ_t (F_t(W₁) − F_t(W₀))|; null if that is 0. */
    readonly relative: number | null;
    /** κ of the adaptive quadrature; null if no score changed. */
    readonly certificate: number | null;
    /** κ asked for. */
    readonly tolerance: number;
    /** True if it was reached. */
    readonly met: boolean;
    /** Relative error of rounding; null if no score changed. */
    readonly arithmeticFloor: number | null;
  };
  /** The weights that do most harm, kept as in the first checkpoint; absent if none were to be kept. */
  readonly kept?: {
    /** Names as `layers.3.down`, the most harmful first. */
    readonly weights: readonly string[];
    /** Gain of Σ_t F_t by their shares, nats. */
    readonly predicted: number;
    /** Its gain, scored, nats. */
    readonly measured: number;
  };
  /** Points of the path at which the models were evaluated, and wall-clock seconds, loading aside. */
  readonly cost: { readonly pathPoints: number; readonly seconds: number };
}
