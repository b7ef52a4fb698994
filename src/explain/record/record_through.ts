import { chainParts } from "../../attribution/chains/chain_parts.ts";
import { endChains, rowShares, type ShareRule } from "../../attribution/chains/row_shares.ts";
import type { ChainSpan } from "../chains/chain_spans.ts";
import type { EndedSpans } from "../chains/chain_ends.ts";
import type { Judged } from "../judged.ts";

/**
 * Influence of the prompt on the target's answer through every chain of generated tokens, as shares: it follows from
 * `tokenAttribution`, R before it was made shares of its rows, and `prefix.attribution`, P.
 */
export interface RecordThrough {
  /** The end of the chains; each of its tokens has the same weight. */
  readonly answer: RecordSpan;
  /** Spans of the target that chains pass. */
  readonly spans: readonly (RecordSpan & {
    /** [L]: of the chains whose last step before the answer is in the span */
    readonly part: readonly number[];
    /** Share of all chains from the answer that pass the span anywhere. */
    readonly reach: number;
    /** Share that the answer reads from it without a step between. */
    readonly read: number;
  })[];
  /** [L], through all chains: the sum of `direct`, the spans' parts, and `rest` */
  readonly total: readonly number[];
  /** [L], through no tokens but the answer's */
  readonly direct: readonly number[];
  /** [L], through tokens in no span; null if there are none */
  readonly rest: readonly number[] | null;
  /** [T] Σ a / Σ |a| of each target token's attributions a: near 0 they cancel. */
  readonly balance: readonly number[];
  /** Share of the chains that end before the prompt: at tokens without any attribution, or that `passes` leaves out. */
  readonly lost: number;
}

/** Some tokens of the target. */
export interface RecordSpan {
  /** White space included. */
  readonly text: string;
  /** Slot, range or role; null if it has none. */
  readonly name: string | null;
  /** Positions, ascending. */
  readonly tokens: readonly number[];
}

/**
 * Follows chains through an attribution of the prompt and of the target's own tokens.
 *
 * @throws {RangeError} if shares are `net` and a row's parts all but cancel
 */
export function recordThrough(
  { tokenAttribution, prefix, input, sequenceAttribution }: Pick<
    Judged,
    "tokenAttribution" | "prefix" | "input" | "sequenceAttribution"
  >,
  { answer, spans, ends }: EndedSpans,
  rule: ShareRule,
): RecordThrough {
  const T = input.length;
  const matrix = {
    targets: T,
    tokens: sequenceAttribution.length,
    prompt: tokenAttribution!,
    generated: prefix!.attribution!,
  };
  const ended = new Set(ends);
  const shares = endChains(rowShares(matrix, rule), (t) => ended.has(t));
  const parts = chainParts(shares, answer.tokens, spans.map(({ tokens }) => tokens));
  const spanned = new Set([answer, ...spans].flatMap(({ tokens }) => tokens));
  return {
    answer: describe(answer),
    spans: spans.map((span, k) => ({
      ...describe(span),
      part: [...parts.spans[k]],
      reach: parts.reach[k],
      read: parts.read[k],
    })),
    total: [...parts.total],
    direct: [...parts.direct],
    rest: spanned.size === T ? null : [...parts.rest],
    balance: [...shares.balance],
    lost: parts.lost,
  };
}

function describe({ text, name, tokens }: ChainSpan): RecordSpan {
  return { text, name, tokens: [...tokens] };
}
