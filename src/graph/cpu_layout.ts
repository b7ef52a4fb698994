import type { CpuWeight } from "../ops/formats/lowered_weight.ts";
import type { Value } from "../ops/op.ts";
import type { Graph } from "./graph.ts";
import { type JoinedSegment, joinSegment } from "./join_segment.ts";
import { type LoweredNode, lowerGraph } from "./lowered_graph.ts";
import { bytesOf, planLives } from "./memory_plan.ts";
import { listOutputs } from "./outputs.ts";
import { repeatedSegments, type Segment } from "./segments.ts";

/** A graph cut into models, and the memory of the values between them. */
export interface CpuLayout {
  readonly segments: readonly JoinedSegment[];
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** Slot of each value that one model leaves to others, by its id. */
  readonly slotOf: ReadonlyMap<number, number>;
  /** Values that the graph puts out and a model makes. */
  readonly outputs: readonly Value[];
  /** Bytes that models need for themselves, about; and those of values of weights that are expanded for them. */
  readonly scratchBytes: number;
  readonly expandedBytes: number;
  readonly inputBytes: number;
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
  const data = graph.inputs.filter(({ kind }) => kind === "data");
  return {
    segments,
    slots: planLives(lives),
    slotOf,
    outputs: outputs.filter(({ id }) => segmentOf.has(id)),
    scratchBytes: cuts.reduce((most, cut) => Math.max(most, scratchOf(nodes, cut)), 0),
    expandedBytes: expandedBytes(segments, weights),
    inputBytes: data.reduce((sum, { value }) => sum + bytesOf(value), 0),
  };
}

/** Structure of each node, with how far back its inputs were made. */
function segmentKeys(nodes: readonly LoweredNode[]): string[] {
  const madeAt = new Map<number, string>();
  return nodes.map((node, i) => {
    const inputs = [...node.inputs.values()].map(({ id }) => madeAt.has(id) ? i - Number(madeAt.get(id)) : "outside");
    for (const { value } of node.outputs) madeAt.set(value.id, String(i));
    return `${node.key}${inputs.map((back) => typeof back === "number" && back > NEAR ? "far" : back)}`;
  });
}

// Nodes back from which on an input may come from another distance in each layer: a reverse walk meets them in reverse.
const NEAR = 16;

/** Bytes of the values within a segment, as if all were there at once for few, and the largest scratch. */
function scratchOf(nodes: readonly LoweredNode[], { first, end }: Segment): number {
  const inside = nodes.slice(first, end);
  const scratch = inside.reduce((most, node) => Math.max(most, 4 * node.scratch), 0);
  const values = inside.flatMap(({ outputs }) => outputs.map(({ value }) => bytesOf(value)));
  return scratch + values.reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of the values of weights that segments expand, which those of one size share from segment to segment. */
function expandedBytes(segments: readonly JoinedSegment[], weights: ReadonlyMap<string, CpuWeight>): number {
  const most = new Map<number, number>();
  for (const { feeds } of segments) {
    const sizes = feeds.flatMap(({ from }) => {
      if (from.kind !== "weight" || from.source.kind !== "values") return [];
      const { rows, columns, stored } = weights.get(from.source.weight)!;
      return stored === null ? [] : [4 * rows * columns];
    });
    for (const size of new Set(sizes)) {
      most.set(size, Math.max(most.get(size) ?? 0, sizes.filter((other) => other === size).length));
    }
  }
  return [...most].reduce((sum, [size, count]) => sum + size * count, 0);
}
