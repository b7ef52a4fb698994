import type { CpuWeight } from "../ops/formats/lowered_weight.ts";
import type { Value } from "../ops/op.ts";
import type { Graph } from "./graph.ts";
import { type JoinedSegment, joinSegment } from "./join_segment.ts";
import { type LoweredNode, lowerGraph } from "./lowered_graph.ts";
import { bytesOf, planLives } from "./memory_plan.ts";
import { listOutputs } from "./outputs.ts";
import { repeatedSegments } from "./segments.ts";

/** A graph cut into models, and the memory of the values between them. */
interface CpuLayout {
  readonly segments: readonly JoinedSegment[];
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** Slot of each value that one model leaves to others, by its id. */
  readonly slotOf: ReadonlyMap<number, number>;
  /** Values that the graph puts out and a model makes. */
  readonly outputs: readonly Value[];
}

/**
 * Lowers a graph, cuts it where it repeats, and plans the values that pass from one model to the next.
 *
 * @throws {TypeError} if a weight was not uploaded, with its name
 */
export function layOutProgram(graph: Graph, weights: ReadonlyMap<string, CpuWeight>): CpuLayout {
  const nodes = lowerGraph(graph, weights);
  const cuts = repeatedSegments(segmentKeys(nodes));
  const lastUse = new Map<number, number>();
  const segmentOf = new Map<number, number>();
  cuts.forEach(({ first, end }, k) => {
    for (const node of nodes.slice(first, end)) {
      for (const { id } of node.inputs.values()) lastUse.set(id, k);
      for (const { value } of node.outputs) segmentOf.set(value.id, k);
    }
  });
  const outputs = listOutputs(graph.outputs).map(({ value }) => value);
  for (const { id } of outputs) lastUse.set(id, Infinity);
  const segments = cuts.map(({ first, end }, k) =>
    joinSegment(nodes.slice(first, end), ({ id }) => (lastUse.get(id) ?? k) > k)
  );
  const slotOf = new Map<number, number>();
  const lives = segments.flatMap(({ results }, from) =>
    results.map(({ value }) => ({
      bytes: bytesOf(value),
      from,
      to: lastUse.get(value.id)!,
      place: (slot: number) => slotOf.set(value.id, slot),
    }))
  );
  return {
    segments,
    slots: planLives(lives),
    slotOf,
    outputs: outputs.filter(({ id }) => segmentOf.has(id)),
  };
}

/** Structure of each node, with how far back its inputs were made. */
function segmentKeys(nodes: readonly LoweredNode[]): string[] {
  const madeAt = new Map<number, number>();
  return nodes.map((node, i) => {
    const inputs = [...node.inputs.values()].map(({ id }) => {
      const made = madeAt.get(id);
      if (made === undefined) return "outside";
      return i - made > NEAR ? "far" : i - made;
    });
    for (const { value } of node.outputs) madeAt.set(value.id, i);
    return `${node.key}${inputs}`;
  });
}

// Nodes back from which on an input may come from another distance in each layer: a reverse walk meets them in reverse.
const NEAR = 16;
