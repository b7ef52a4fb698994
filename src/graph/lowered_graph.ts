import { createLowerer, inputIndex, inputTensor, type Lowered } from "../onnx/lowering.ts";
import { type CpuWeight, lowerWeight } from "../ops/formats/lowered_weight.ts";
import type { Value } from "../ops/op.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { listOutputs } from "./outputs.ts";

/** A node of a graph in ONNX operators, without those that nothing needs. */
export interface LoweredNode extends Pick<Lowered, "nodes" | "constants" | "sizes" | "weights"> {
  /** By number of the input; those that no operator reads are left out. */
  readonly inputs: ReadonlyMap<number, Value>;
  /** Outputs that something needs, with the tensors that they are. */
  readonly outputs: readonly { readonly value: Value; readonly tensor: string }[];
  /** Values from outside, with what they become. */
  readonly replacements: readonly { readonly value: Value; readonly by: string }[];
  /** Elements of the largest tensors on the way. */
  readonly scratch: number;
  /** Equal for nodes of one structure. */
  readonly key: string;
}

/**
 * Lowers the nodes of a graph, in order; what no output and no state depends on is left out.
 *
 * @throws {TypeError} if a weight was not uploaded, with its name
 */
export function lowerGraph(graph: Graph, weights: ReadonlyMap<string, CpuWeight>): LoweredNode[] {
  const needed = new Set(listOutputs(graph.outputs).map(({ value }) => value.id));
  const lowered: LoweredNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    const one = prune(node, lowerNode(node, weights), needed);
    if (one === null) continue;
    for (const { id } of one.inputs.values()) needed.add(id);
    lowered.push(one);
  }
  return lowered.reverse();
}

function lowerNode({ op, attributes, inputs, outputs }: GraphNode, weights: ReadonlyMap<string, CpuWeight>): Lowered {
  const g = createLowerer();
  const tensors = op.lower({
    attributes,
    inputs: inputs.map((_, i) => inputTensor(i)),
    inputTypes: inputs,
    outputTypes: outputs,
    g,
    weight(name) {
      const found = weights.get(name);
      if (found === undefined) throw new TypeError(`Cannot compile the graph as weight ${name} must be uploaded first`);
      return lowerWeight(g, name, found);
    },
  });
  return g.finish(tensors);
}

/** Leaves out what the needed outputs do not depend on; null if none is needed and nothing is replaced. */
function prune(node: GraphNode, { nodes, ...lowered }: Lowered, needed: ReadonlySet<number>): LoweredNode | null {
  const outputs = node.outputs.flatMap((value, i) =>
    needed.has(value.id) ? [{ value, tensor: lowered.outputs[i] as string }] : []
  );
  if (outputs.length === 0 && lowered.replacements.length === 0) return null;
  const used = new Set<string>([...outputs.map(({ tensor }) => tensor), ...lowered.replacements.map(({ by }) => by)]);
  const kept = nodes.toReversed().filter((one) => {
    if (!one.outputs.some((name) => used.has(name))) return false;
    for (const input of one.inputs) if (input !== null) used.add(input);
    return true;
  }).reverse();
  const sizes = lowered.sizes.filter(({ name }) => used.has(name));
  const weights = lowered.weights.filter(({ name }) => used.has(name));
  const constants = lowered.constants.filter(({ name }) => used.has(name));
  const inputs = new Map(
    [...used].flatMap((name) => {
      const index = inputIndex(name);
      return index === null ? [] : [[index, node.inputs[index]] as const];
    }).sort(([a], [b]) => a - b),
  );
  const key = JSON.stringify([
    kept.map(({ op, inputs, outputs, attributes }) => [op, inputs, outputs, attributes]),
    constants.map(({ name, type, shape, values }) => [name, type, shape, values.map(String)]),
    sizes.map(({ name, scalar }) => [name, scalar]),
    weights.map(({ name, type, source: { kind } }) => [name, type, kind]),
    outputs.map(({ tensor }) => tensor),
    lowered.replacements,
    [...inputs].map(([index, { dtype }]) => [index, dtype]),
  ]);
  const scratch = node.op.loweredScratch?.(node.attributes, node.inputs) ?? 0;
  const replacements = lowered.replacements.map(({ input, by }) => ({ value: node.inputs[input], by }));
  return { nodes: kept, constants, sizes, weights, inputs, outputs, replacements, scratch, key };
}
