import type { OpName } from "../ops/table.ts";
import type { Graph, GraphNode } from "./graph.ts";

/**
 * Lets an op add a residual itself where a sum's only other use of memory would be to read what that op has just written:
 * the residual stream after `o` and `down`, its tangent, and its cotangent before each norm.
 */
export function fuse(graph: Graph): Graph {
  const uses = new Map<number, number>();
  const use = (id: number) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { inputs } of graph.nodes) inputs.forEach(({ id }) => use(id));
  for (const { value } of graph.outputs) use(value.id);
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ id }) => [id, node] as const)));
  const absorbed = new Set<GraphNode>();
  const replaced = new Map<GraphNode, GraphNode>();
  for (const node of graph.nodes) {
    if (node.op !== "add") continue;
    const at = node.inputs.findIndex(({ id }) => uses.get(id) === 1 && takesResidual(producer.get(id)));
    if (at < 0) continue;
    const made = producer.get(node.inputs[at].id)!;
    absorbed.add(made);
    replaced.set(node, { ...made, inputs: [...made.inputs, node.inputs[1 - at]], outputs: node.outputs });
  }
  const nodes = graph.nodes.filter((node) => !absorbed.has(node)).map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes };
}

/** Inputs of ops that take a residual after them. */
const INPUTS: Partial<Record<OpName, number>> = { linear: 1, rmsNormBackward: 2 };

function takesResidual(node: GraphNode | undefined): boolean {
  if (node === undefined || node.inputs.length !== INPUTS[node.op]) return false;
  return (node.attributes as { readonly bias?: string | null }).bias == null;
}
