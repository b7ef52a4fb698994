import { OPS } from "../ops/op_table.ts";
import { countUses, type Graph, type GraphNode } from "./graph.ts";
import type { GraphOutputs } from "./outputs.ts";

const RULES = Object.values(OPS).flatMap(({ fuse }) => fuse ?? []);

/**
 * Makes one node of two if the rule of an op allows it: one launch less, and one value less to write and to read again.
 */
export function fuse<O extends GraphOutputs>(graph: Graph<O>): Graph<O> {
  const uses = countUses(graph);
  const producer = new Map<number, GraphNode>();
  const absorbed = new Set<GraphNode>();
  const fuseOnce = (node: GraphNode): GraphNode | null => {
    const before = (input: number) => {
      const id = node.inputs.at(input)?.id;
      return id !== undefined && uses.get(id) === 1 ? producer.get(id) ?? null : null;
    };
    for (const rule of RULES) {
      const fused = rule(node, before);
      if (fused === null) continue;
      const { absorbs, ...applied } = fused;
      absorbed.add(producer.get(node.inputs[absorbs].id)!);
      return { ...applied, outputs: node.outputs };
    }
    return null;
  };
  const nodes = graph.nodes.map((node) => {
    let current = node;
    for (let fused: GraphNode | null = node; fused !== null; fused = fuseOnce(current)) current = fused;
    for (const { id } of current.outputs) producer.set(id, current);
    return current;
  });
  return { ...graph, nodes: nodes.filter((node) => !absorbed.has(node)) };
}
