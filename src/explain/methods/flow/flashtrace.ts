import { flashTrace } from "../../../attribution/chains/flash_trace.ts";
import { MOST_LAYERS } from "../../options/bounds.ts";
import { CHAIN_OPTIONS } from "../../options/chain_options.ts";
import { option } from "../../options/option.ts";
import { wholeNumber } from "../../options/value_kind.ts";
import { chainSpansOf } from "../../chains/chain_spans_of.ts";
import { byUnits, isByToken } from "../gradient/judge_integral.ts";
import { method } from "../method.ts";

/** Shares of what attention adds, followed through the reasoning hop by hop. */
export const flashtrace = method({
  name: "flashtrace",
  title: "FlashTrace",
  family: "flow",
  yields: "flow",
  cost: "1 forward pass; then the sums of every block's heads, once a hop",
  purpose: "compares with published FlashTrace results; its shares are of attention's outputs, no parts of a score",
  source: "Pan et al., flashtrace 0.1.1; Ferrando & Voita 2024",
  options: {
    through: option({
      ...CHAIN_OPTIONS.through,
      limit: undefined,
      help: "follow hops through these spans of the target, all as one; none: the whole target is the answer",
    }),
    answer: CHAIN_OPTIONS.answer,
    hops: option({
      kind: wholeNumber(0, MOST_LAYERS),
      default: 1,
      help: "hops from the answer through the reasoning",
      when: CHAIN_OPTIONS.shares.when,
    }),
  },
  async run({ model, objective, text }, { through, answer, hops }) {
    const L = text.promptIds.length;
    const spans = await chainSpansOf(model, text, { through, answer });
    const rowOf = (t: number) => L + t;
    const traced = await flashTrace(
      await model.flow(Float32Array.from([...text.promptRows, ...await model.embed(text.targetIds)])),
      {
        prompt: L,
        answer: (spans?.answer.tokens ?? text.targetIds.map((_, t) => t)).map(rowOf),
        reasoning: (spans?.spans ?? []).flatMap(({ tokens }) => tokens.map(rowOf)),
      },
      spans === null ? 0 : hops,
    );
    const sequence = traced.total.map((value, i) => text.frozen[i] ? 0 : value);
    const [input] = await objective.score([text.promptRows]);
    return {
      input,
      baseline: null,
      total: null,
      comparable: false,
      tokenAttribution: null,
      sequenceAttribution: sequence,
      standardError: null,
      unitLevel: isByToken(text) ? null : {
        attribution: null,
        sequence: byUnits(sequence, text),
        standardError: null,
        entryError: null,
      },
      prefix: null,
      sampling: null,
      surrogate: null,
      pathPoints: 0,
      arithmeticFloor: null,
      certified: null,
    };
  },
});
