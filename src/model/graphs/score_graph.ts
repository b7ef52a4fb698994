import { type Graph, trace } from "../../graph/graph.ts";
import { LAYOUT_HEAD } from "../../ops/attention/attention_layout.ts";
import type { Value } from "../../ops/op.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { type HeadObjective, headScores } from "./head.ts";
import { rotationInput } from "./rotation.ts";
import { sharedInputs } from "./shared_inputs.ts";

/** The sizes of a batch of sequences [prompt; target without its last token], each of a length of its own. */
export interface RaggedShape {
  /** B */
  readonly sequences: number;
  /** R: rows that the sequences carry themselves, all together. */
  readonly rows: number;
  /** P: rows that were computed beforehand, for any of the sequences to begin with. */
  readonly shared: number;
  /** Most tokens of a sequence. */
  readonly longest: number;
  /** Most positions of a sequence: more than tokens if some were taken away and a window counts their places. */
  readonly reach: number;
  /** True if the layout states the positions of tokens. */
  readonly gapped: boolean;
  /** T */
  readonly targets: number;
}

/**
 * Scores of sequences of different lengths. Inputs `x` [1, R, D], the own rows of one sequence after another;
 * `rotation` of R rows, of their positions; `layout` [B, 3 + longest], or twice as much if it is gapped, as attention
 * takes it; `predicting` [B T], the rows of x that predict a target; those of `headScores`; and, if P > 0, those of
 * `sharedInputs`. Output `score` [B T].
 */
export function scoreGraph(
  model: DecoderSpec,
  shape: RaggedShape,
  objective: HeadObjective["kind"] = "log-prob",
): Graph<{ score: Value }> {
  const { config } = model;
  const { sequences, rows, shared: P, longest, reach, gapped, targets: T } = shape;
  const g = trace();
  const x = g.input("x", f32(1, rows, config.hiddenSize));
  const rotation = rotationInput(g, config, rows);
  const layout = g.input("layout", { shape: [sequences, LAYOUT_HEAD + longest * (gapped ? 2 : 1)], dtype: "u32" });
  const predicting = g.input("predicting", { shape: [sequences * T], dtype: "u32" });
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    const attributes = {
      ...attentionOf(config, layer, reach),
      sequences,
      shared: P,
      queries,
      ...(gapped ? { gapped } : {}),
    };
    return g.emit("attention", attributes, [qkv, layout])[0];
  };
  const keep = (h: Value) => g.emit("gatherRows", {}, [h, predicting])[0];
  const h = decoderBlocks(g, model, x, rotation, attend, { keep, shared: sharedInputs(g, config, P) });
  return g.finish({ score: headScores(g, model, h, shape, objective, "scored") });
}
