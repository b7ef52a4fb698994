import type { ContextLevel } from "../context/context_level.ts";
import type { ThresholdText } from "../context/threshold.ts";
import type { DEPENDENCE_NAMES } from "../options/attribution_text.ts";
import type { RecordToken } from "./record_token.ts";

/** Documents that a prompt is about, the target tokens that depend on them, and the parts that these rest on. */
export interface RecordContext {
  /** In the order that the model reads them; ranges include the separator behind a document. */
  readonly documents: readonly {
    readonly name: string;
    /** UTF-16 offsets into `prompt.text`. */
    readonly start: number;
    readonly end: number;
    /** Positions in the prompt, ascending. */
    readonly tokens: readonly number[];
  }[];
  /** Each target token's distribution p with the context, and q without it. */
  readonly dependence: {
    /** The divergence that the threshold is of. */
    readonly by: typeof DEPENDENCE_NAMES[number];
    /** The threshold as it was given. */
    readonly threshold: ThresholdText;
    /** Least divergence of a token that depends on the context, nats; null for a number of tokens. */
    readonly least: number | null;
    /** [T] Σ p log(p / m) / 2 + q log(q / m) / 2, m = (p + q) / 2, nats */
    readonly js: readonly number[];
    /** [T] Σ p log(p / q), nats */
    readonly kl: readonly number[];
    /** [T] Σ q log(q / p), nats */
    readonly klReverse: readonly number[];
    /** [T] log p(y_t) − log q(y_t), nats */
    readonly drop: readonly number[];
    /** [T] The tokens that are likeliest without the context. */
    readonly without: readonly RecordToken[];
  };
  /** Positions of the target tokens that depend on the context, ascending, S of them. */
  readonly dependent: readonly number[];
  /** The attribution by parts, the coarsest level first; each level has the same sums. */
  readonly levels: readonly RecordContextLevel[];
  /** Cost of the dependence, and of all. */
  readonly cost: {
    /** Forwards of the dependence, and prompts scored by the method. */
    readonly calls: number;
    /** Rows forward and backward in all, metrics aside, by those of one forward of the prompt and the target. */
    readonly forwardEquivalents: number;
  };
}

/** One level of a context: P parts, that hold each attributed token once. */
export interface RecordContextLevel {
  /** Size of its parts. */
  readonly level: ContextLevel;
  /** In reading order. */
  readonly parts: readonly {
    /** Number of the document; null if it holds tokens of several. */
    readonly document: number | null;
    /** UTF-16 offsets into `prompt.text`. */
    readonly start: number;
    readonly end: number;
    /** Positions in the prompt, ascending. */
    readonly tokens: readonly number[];
    /** False if the attribution did not tell apart the parts of this level that it holds. */
    readonly resolved: boolean;
  }[];
  /**
   * [S][P] of the dependent target tokens; of one score for the target [1][P]; null if only the sequence was asked for.
   */
  readonly attribution: readonly (readonly number[])[] | null;
  /** [P] of the sequence */
  readonly sequence: readonly number[];
  /** Sums of the rows of `attribution`, [S] or [1]. */
  readonly sums: readonly number[] | null;
}
