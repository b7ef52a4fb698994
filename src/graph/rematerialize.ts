import type { Value } from "../ops/op.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { type GraphOutputs, listOutputs } from "./outputs.ts";

/**
 * Levels of recomputation: a reverse walk finds everything of the activations; everything but the MLP's wide ones (17 %
 * more work for half the memory); or the residual stream alone (22 % more work for a fifth).
 */
export const RECOMPUTE_LEVELS = ["nothing", "wide", "all-but-residuals"] as const;

/** One of `RECOMPUTE_LEVELS`. */
export type RecomputeLevel = typeof RECOMPUTE_LEVELS[number];

/**
 * Computes activations again when the reverse walk needs them, instead of keeping them since the forward pass. The same
 * kernels run on the same values, so every bit of the results stays.
 */
export function rematerialize<O extends GraphOutputs>(graph: Graph<O>, level: RecomputeLevel): Graph<O> {
  if (level === "nothing") return graph;
  const reverse = reverseNodes(graph);
  const producer = new Map<number, GraphNode>();
  for (const node of graph.nodes) {
    if (!reverse.has(node)) node.outputs.forEach((value) => producer.set(value.id, node));
  }
  const dropped = droppedValues(graph, reverse, producer, level);
  const nodes: GraphNode[] = graph.nodes.filter((node) => !reverse.has(node));
  const again = new Map<number, Value>();
  let nextId = 1 + Math.max(...graph.inputs.map(({ value }) => value.id), ...graph.nodes.flatMap(idsOf));
  const available = (value: Value): Value => {
    const made = producer.get(value.id);
    if (made === undefined || !dropped.has(value.id)) return value;
    const known = again.get(value.id);
    if (known !== undefined) return known;
    const inputs = made.inputs.map(available);
    const outputs = made.outputs.map((output) => ({ ...output, id: nextId++ }));
    made.outputs.forEach((output, i) => again.set(output.id, outputs[i]));
    nodes.push({ ...made, inputs, outputs });
    return again.get(value.id)!;
  };
  for (const node of graph.nodes) {
    if (reverse.has(node)) nodes.push({ ...node, inputs: node.inputs.map(available) });
  }
  return { ...graph, nodes };
}

/**
 * The nodes of reverse walks: the seeds of cotangents, all that depends on them, and windows of activations
 * that only such nodes use.
 */
function reverseNodes({ nodes, outputs }: Graph): Set<GraphNode> {
  const reverse = new Set<GraphNode>();
  const reached = new Set<number>();
  for (const node of nodes) {
    if (!node.op.recompute?.seed && !node.inputs.some((value) => reached.has(value.id))) continue;
    reverse.add(node);
    node.outputs.forEach((value) => reached.add(value.id));
  }
  const forward = nodes.filter((node) => !reverse.has(node));
  const used = new Set(
    [...forward.flatMap((node) => node.inputs), ...listOutputs(outputs).map(({ value }) => value)].map((v) => v.id),
  );
  for (const node of forward) if (node.op.recompute?.window && !used.has(node.outputs[0].id)) reverse.add(node);
  return reverse;
}

/** Values that are not kept for the reverse walks, and values that only serve to make them. */
function droppedValues(
  { nodes }: Graph,
  reverse: ReadonlySet<GraphNode>,
  producer: ReadonlyMap<number, GraphNode>,
  level: RecomputeLevel,
): Set<number> {
  const crossing = new Set<number>();
  const dropped = new Set<number>();
  const wide = wideInputs(nodes);
  for (const node of nodes) {
    if (!reverse.has(node)) continue;
    for (const value of node.inputs.filter(({ id }) => producer.has(id))) {
      crossing.add(value.id);
      if (level === "all-but-residuals" ? !producer.get(value.id)!.op.recompute?.kept : wide.has(value.id)) {
        dropped.add(value.id);
      }
    }
  }
  // Values that no reverse node asks for are needed only to make dropped ones again.
  for (const id of producer.keys()) if (!crossing.has(id)) dropped.add(id);
  return dropped;
}

/** Values that nodes call wide, or windows of which they call so. */
function wideInputs(nodes: readonly GraphNode[]): Set<number> {
  const wide = new Set<number>();
  for (const { op, inputs, outputs } of nodes.toReversed()) {
    const { wide: input, window } = op.recompute ?? {};
    if (input !== undefined) wide.add(inputs[input].id);
    if (window && wide.has(outputs[0].id)) wide.add(inputs[0].id);
  }
  return wide;
}

function idsOf(node: GraphNode): number[] {
  return node.outputs.map((value) => value.id);
}
