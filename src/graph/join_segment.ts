import type { WeightSource } from "../onnx/lowering.ts";
import type { ElementType, OnnxConstant, OnnxModel, OnnxNode, OnnxPort } from "../onnx/onnx_model.ts";
import type { Value } from "../ops/op.ts";
import type { LoweredNode } from "./lowered_graph.ts";

/** The source of a segment's input. */
type FeedSource =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "weight"; readonly source: WeightSource }
  | { readonly kind: "sizes"; readonly values: readonly number[]; readonly scalar: boolean };

/** A model of consecutive nodes, and what its inputs and outputs are in the graph. */
export interface JoinedSegment {
  readonly model: OnnxModel;
  readonly feeds: readonly { readonly name: string; readonly from: FeedSource }[];
  /** Outputs that become values. */
  readonly results: readonly { readonly name: string; readonly value: Value }[];
  /** Outputs that replace a value from outside. */
  readonly replacements: readonly { readonly name: string; readonly value: Value }[];
}

/** Types of a value's elements in models: ids are int32. */
const PORT_TYPES = { f32: "f32", u32: "i32" } as const;

/**
 * Joins nodes into one model. Names depend on the structure alone, so that equal models are equal.
 *
 * @param leaves true for values that are needed after the nodes
 */
export function joinSegment(nodes: readonly LoweredNode[], leaves: (value: Value) => boolean): JoinedSegment {
  const operators: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  const feeds: { name: string; from: FeedSource }[] = [];
  const results: { name: string; value: Value }[] = [];
  const replacements: { name: string; value: Value }[] = [];
  const known = new Map<number, string>();
  const made = new Set<string>();
  // Operators, weights and constants that are alike are there once: nodes of one layer share a good deal.
  const equal = new Map<string, readonly string[]>();
  const sizeNames = new Map<string, string>();
  const weightNames = new Map<string, string>();
  const constantNames = new Map<string, string>();
  const feed = (type: ElementType, from: FeedSource): string => {
    const name = `x${feeds.length}`;
    inputs.push({ name, type });
    feeds.push({ name, from });
    return name;
  };
  const put = (list: typeof results, tensor: string, value: Value) => {
    const own = made.has(tensor) && !outputs.some(({ name }) => name === tensor);
    const name = own ? tensor : `y${outputs.length}`;
    if (!own) operators.push({ op: "Identity", inputs: [tensor], outputs: [name], attributes: {} });
    outputs.push({ name, type: PORT_TYPES[value.dtype] });
    list.push({ name, value });
  };
  nodes.forEach((node, k) => {
    const names = new Map<string, string>();
    for (const [index, value] of node.inputs) {
      const name = known.get(value.id) ?? feed(PORT_TYPES[value.dtype], { kind: "value", value });
      known.set(value.id, name);
      names.set(`i${index}`, name);
    }
    for (const { name, type, source } of node.weights) {
      const key = JSON.stringify(source);
      const known = weightNames.get(key) ?? feed(type, { kind: "weight", source });
      weightNames.set(key, known);
      names.set(name, known);
    }
    for (const { name, values, scalar } of node.sizes) {
      // Nodes that are alike and read one value have sizes in common: reverse walks, as they share activations.
      const keys = [...node.inputs].map(([index, { id }]) => JSON.stringify([node.key, name, values, index, id]));
      const shared = keys.map((key) => sizeNames.get(key)).find((found) => found !== undefined);
      const own = shared ?? feed("i64", { kind: "sizes", values, scalar });
      for (const key of keys) sizeNames.set(key, own);
      names.set(name, own);
    }
    for (const constant of node.constants) {
      const key = JSON.stringify([constant.type, constant.shape, constant.values.map(String)]);
      const known = constantNames.get(key);
      const name = known ?? `c${constantNames.size}`;
      names.set(constant.name, name);
      if (known !== undefined) continue;
      constantNames.set(key, name);
      constants.push({ ...constant, name });
    }
    const nameOf = (tensor: string) => names.get(tensor) ?? `${tensor}_${k}`;
    for (const { op, inputs, outputs, attributes } of node.nodes) {
      const given = inputs.map((tensor) => tensor === null ? null : nameOf(tensor));
      const key = JSON.stringify([op, given, attributes]);
      const same = equal.get(key);
      if (same !== undefined) {
        outputs.forEach((output, i) => names.set(output, same[i]));
        continue;
      }
      const own = outputs.map(nameOf);
      equal.set(key, own);
      operators.push({ op, inputs: given, outputs: own, attributes });
      for (const output of own) made.add(output);
    }
    for (const { value, tensor } of node.outputs) known.set(value.id, nameOf(tensor));
    for (const { value, by } of node.replacements) put(replacements, nameOf(by), value);
  });
  for (const { value } of nodes.flatMap((node) => node.outputs)) {
    if (leaves(value)) put(results, known.get(value.id)!, value);
  }
  return { model: { nodes: operators, constants, inputs, outputs }, feeds, results, replacements };
}
