import type { WeightSource } from "../onnx/lowering.ts";
import type { ElementType, OnnxConstant, OnnxModel, OnnxNode, OnnxPort } from "../onnx/onnx_model.ts";
import type { Value } from "../ops/op.ts";
import type { LoweredNode } from "./lowered_graph.ts";

/** The source of a segment's input. */
export type FeedSource =
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
    for (const { name, type, source } of node.weights) names.set(name, feed(type, { kind: "weight", source }));
    for (const { name, values, scalar } of node.sizes) names.set(name, feed("i64", { kind: "sizes", values, scalar }));
    for (const constant of node.constants) {
      names.set(constant.name, `${constant.name}_${k}`);
      constants.push({ ...constant, name: `${constant.name}_${k}` });
    }
    const nameOf = (tensor: string) => names.get(tensor) ?? `${tensor}_${k}`;
    for (const { op, inputs, outputs, attributes } of node.nodes) {
      operators.push({
        op,
        inputs: inputs.map((tensor) => tensor === null ? null : nameOf(tensor)),
        outputs: outputs.map(nameOf),
        attributes,
      });
      for (const output of outputs) made.add(nameOf(output));
    }
    for (const { value, tensor } of node.outputs) known.set(value.id, nameOf(tensor));
    for (const { value, by } of node.replacements) put(replacements, nameOf(by), value);
  });
  for (const { value } of nodes.flatMap((node) => node.outputs)) {
    if (leaves(value)) put(results, known.get(value.id)!, value);
  }
  return { model: { nodes: operators, constants, inputs, outputs }, feeds, results, replacements };
}
