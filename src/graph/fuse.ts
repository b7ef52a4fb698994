import type { CachedAttentionAttributes } from "../ops/attention/cached_attention.ts";
import type { LinearAttributes } from "../ops/product/linear.ts";
import type { RmsNormAttributes } from "../ops/block/norm.ts";
import type { RopeAttributes } from "../ops/attention/rope.ts";
import type { OpName } from "../ops/op_table.ts";
import type { Graph, GraphNode } from "./graph.ts";

/**
 * Lets an op add a residual itself where a sum's only other use of memory would be to read what that op has just written:
 * the residual stream after `o` and `down`, its tangent, and its cotangent before each norm; and makes one op of the norm, product and gate
 * of a single row, and of its rotation and attention.
 */
export function fuse(graph: Graph): Graph {
  return fuseRotations(fuseSingleRows(fuseResiduals(graph)));
}

function fuseResiduals(graph: Graph): Graph {
  const { uses, producer } = indexOf(graph);
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

/** How often each value is used, and which node makes it. */
function indexOf(graph: Graph) {
  const uses = new Map<number, number>();
  const use = (id: number) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { inputs } of graph.nodes) inputs.forEach(({ id }) => use(id));
  for (const { value } of graph.outputs) use(value.id);
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ id }) => [id, node] as const)));
  return { uses, producer };
}

/** Makes one op of the norm before a product of a single row, the product, and the gate after it. */
function fuseSingleRows(graph: Graph): Graph {
  const { uses, producer } = indexOf(graph);
  const absorbed = new Set<GraphNode>();
  const nodes = graph.nodes.map((node) => {
    const product = node.op === "swiglu" ? producer.get(node.inputs[0].id) : node;
    if (product === undefined || !isSingle(product)) return node;
    const gated = product !== node;
    if (gated && (uses.get(node.inputs[0].id) !== 1 || product.inputs.length > 1 || product.attributes.bias !== null)) {
      return node;
    }
    const [x, ...residual] = product.inputs;
    const before = producer.get(x.id);
    const norm = before !== undefined && isPlainNorm(before) && uses.get(x.id) === 1 ? before : null;
    if (!gated && norm === null) return node;
    if (gated) absorbed.add(product);
    if (norm !== null) absorbed.add(norm);
    const attributes = { ...product.attributes, norm: norm && norm.attributes, gated };
    return { ...node, op: "decodeLinear", attributes, inputs: [norm?.inputs[0] ?? x, ...residual] } as GraphNode;
  });
  return { ...graph, nodes: nodes.filter((_, i) => !absorbed.has(graph.nodes[i])) };
}

/** Lets attention rotate a single row's queries and keys itself. */
function fuseRotations(graph: Graph): Graph {
  const { uses, producer } = indexOf(graph);
  const absorbed = new Set<GraphNode>();
  const nodes = graph.nodes.map((node): GraphNode => {
    if (node.op !== "cachedAttention") return node;
    const [qkv, cache, position] = node.inputs;
    const before = producer.get(qkv.id);
    if (before?.op !== "rope" || uses.get(qkv.id) !== 1 || qkv.shape[0] !== 1) return node;
    absorbed.add(before);
    const { table = 0 } = before.attributes as RopeAttributes;
    const [x, rotation] = before.inputs;
    const attributes: CachedAttentionAttributes = { ...node.attributes as CachedAttentionAttributes, rope: table };
    return { ...node, attributes, inputs: [x, cache, position, rotation] } as GraphNode;
  });
  return { ...graph, nodes: nodes.filter((node) => !absorbed.has(node)) };
}

/** Whether a node is a product of one row that whole blocks of any format make up. */
function isSingle(node: GraphNode): node is GraphNode & { readonly attributes: LinearAttributes } {
  const { single, inner } = node.attributes as LinearAttributes;
  return node.op === "linear" && single === true && inner % 64 === 0;
}

/** Whether a node is a norm of whole rows by a weight as it is, which is all that a product's kernel does itself. */
function isPlainNorm({ op, attributes }: GraphNode): boolean {
  return op === "rmsNorm" &&
    Object.keys(attributes as RmsNormAttributes).every((key) => key === "weight" || key === "epsilon");
}

/** Inputs of ops that take a residual after them. */
const INPUTS: Partial<Record<OpName, number>> = { linear: 1, rmsNormBackward: 2 };

function takesResidual(node: GraphNode | undefined): boolean {
  if (node === undefined || node.inputs.length !== INPUTS[node.op]) return false;
  return (node.attributes as { readonly bias?: string | null }).bias == null;
}
