import type { PromptVariant } from "../../perturbation/prompt_variant.ts";
import type { InputData } from "../../graph/executor.ts";
import { LAYOUT_HEAD } from "../../ops/attention/attention_layout.ts";
import { rotationColumns, rotationTable } from "../graphs/rotation.ts";
import type { RaggedShape } from "../graphs/score_graph.ts";
import type { ModelConfig } from "../load/model_config.ts";
import type { PlacedPrompt } from "./prefix_rows.ts";

/** Returns the positions of the longest prompt, the ones that were taken away included. */
export function longestPrompt(variants: readonly PromptVariant[]): number {
  return variants.reduce((most, { next }) => Math.max(most, next), 0);
}

/** Returns the shape of a batch of prompts placed behind shared rows, T targets after each. */
export function raggedShape(
  { layerKinds }: ModelConfig,
  placed: readonly PlacedPrompt[],
  targets: number,
  shared: number,
): RaggedShape {
  const longest = placed.reduce((most, { places }) => Math.max(most, places.length), 0);
  const rows = placed.reduce((sum, one) => sum + one.rows, 0);
  const end = longestPrompt(placed) + targets - 1;
  // Positions matter only to a window that does not fit all of them.
  const gapped = placed.some(({ positions, next }) => positions.length < next) &&
    layerKinds.some(({ window }) => window !== null && window < end);
  return { sequences: placed.length, rows, shared, longest, reach: gapped ? end : longest, gapped, targets };
}

/**
 * Returns the inputs of `scoreGraph` for such a batch, but for those of the head and of shared rows.
 *
 * @param tail embeddings of the target but its last token, [T − 1, D]
 */
export function raggedInputs(
  config: ModelConfig,
  shape: RaggedShape,
  placed: readonly PlacedPrompt[],
  tail: Float32Array,
): InputData {
  const { hiddenSize: D } = config;
  const { rows, shared, longest, gapped, targets: T } = shape;
  const columns = rotationColumns(config);
  const angles = rotationTable(config, 0, longestPrompt(placed) + T - 1);
  const x = new Float32Array(rows * D);
  const rotation = new Float32Array(rows * columns);
  const layoutWidth = LAYOUT_HEAD + longest * (gapped ? 2 : 1);
  const layout = new Uint32Array(placed.length * layoutWidth);
  const predicting = new Uint32Array(placed.length * T);
  placed.forEach(({ embeddings, positions, next, lastSeen, own, places }, b) => {
    const first = places[own] - shared;
    x.set(embeddings.subarray(own * D), first * D);
    x.set(tail, first * D + embeddings.length - own * D);
    const standing = places.map((_, i) => positions[i] ?? next + i - positions.length);
    places.slice(own).forEach((row, i) => {
      const position = standing[own + i];
      rotation.set(angles.subarray(position * columns, (position + 1) * columns), (row - shared) * columns);
    });
    const unseen = lastSeen ? places.length : positions.length - 1;
    layout.set([own, places.length, unseen, ...places], b * layoutWidth);
    if (gapped) layout.set(standing, b * layoutWidth + LAYOUT_HEAD + longest);
    predicting.set(places.slice(-T).map((row) => row - shared), b * T);
  });
  return { x, rotation, layout, predicting };
}
