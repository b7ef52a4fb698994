import type { Emitter, Value, ValueType } from "../ops/op.ts";
import { type OpName, OPS } from "../ops/op_table.ts";

/** One op applied to values. */
export interface GraphNode {
  readonly op: OpName;
  /** What the op's row of the table takes; JSON. */
  readonly attributes: unknown;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A value that comes from outside: written before a run, or a state that outlives runs and programs. */
export interface GraphInput {
  readonly name: string;
  readonly kind: "data" | "state";
  readonly value: Value;
}

/** A computation as data: nodes in an order in which every value is made before it is used. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
}

/** A graph in the making. Equal nodes are made once, so rules may ask for the same value independently. */
export interface Trace extends Emitter {
  readonly nodes: readonly GraphNode[];
  input(name: string, type: ValueType, kind?: GraphInput["kind"]): Value;
  output(name: string, value: Value): void;
  /** Runs `emit` with its new nodes scheduled right after node `index` instead of at the end. */
  after(index: number, emit: () => void): void;
  /** The graph of what the outputs need. */
  finish(): Graph;
}

/** Starts an empty graph. */
export function trace(): Trace {
  const nodes: GraphNode[] = [];
  const order: number[] = [];
  const inputs: GraphInput[] = [];
  const outputs: { name: string; value: Value }[] = [];
  const made = new Map<string, readonly Value[]>();
  let values = 0;
  let position: number | null = null;
  const value = (type: ValueType): Value => ({ id: values++, shape: type.shape, dtype: type.dtype });
  return {
    nodes,
    emit(op, attributes, arguments_) {
      const key = JSON.stringify([op, attributes, arguments_.map((argument) => argument.id)]);
      const known = made.get(key);
      if (known !== undefined) return [...known];
      const results = OPS[op].types(attributes, arguments_).map(value);
      nodes.push({ op, attributes, inputs: [...arguments_], outputs: results });
      order.push(position ?? nodes.length - 1);
      made.set(key, results);
      return [...results];
    },
    input(name, type, kind = "data") {
      const made = value(type);
      inputs.push({ name, kind, value: made });
      return made;
    },
    output(name, value) {
      outputs.push({ name, value });
    },
    after(index, emit) {
      position = order[index] + 0.5;
      try {
        emit();
      } finally {
        position = null;
      }
    },
    finish() {
      const schedule = nodes.map((_, i) => i).sort((a, b) => order[a] - order[b] || a - b);
      const ordered = producersFirst(schedule.map((i) => nodes[i]));
      return { nodes: needed(ordered, outputs.map(({ value }) => value)), inputs, outputs };
    },
  };
}

/** Keeps the given order, but for nodes that others need before their turn. */
function producersFirst(nodes: readonly GraphNode[]): GraphNode[] {
  const producer = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value.id, node] as const)));
  const placed = new Set<GraphNode>();
  const place = (node: GraphNode) => {
    if (placed.has(node)) return;
    for (const input of node.inputs) {
      const made = producer.get(input.id);
      if (made !== undefined && !placed.has(made)) place(made);
    }
    placed.add(node);
  };
  nodes.forEach(place);
  return [...placed];
}

/** Leaves out the nodes that no output depends on. */
function needed(nodes: readonly GraphNode[], outputs: readonly Value[]): GraphNode[] {
  const used = new Set(outputs.map((value) => value.id));
  const kept: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((value) => used.has(value.id))) continue;
    kept.push(node);
    for (const input of node.inputs) used.add(input.id);
  }
  return kept.reverse();
}
