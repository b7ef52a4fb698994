import type { Applied, Emitter, Op, Value, ValueType } from "../ops/op.ts";
import { type AttributesOf, type OpName, OPS } from "../ops/op_table.ts";
import { type GraphOutputs, listOutputs } from "./outputs.ts";

/** One op applied to values. */
export interface GraphNode extends Applied {
  readonly outputs: readonly Value[];
}

/** A value that comes from outside: written before a run, or a state that outlives runs and programs. */
export interface GraphInput {
  readonly name: string;
  readonly kind: "data" | "state";
  readonly value: Value;
}

/** A computation as data: nodes in an order in which every value is made before it is used. */
export interface Graph<O extends GraphOutputs = GraphOutputs> {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: O;
}

/** A graph in the making. Equal nodes are made once, so rules may ask for the same value independently. */
export interface Trace extends Emitter {
  readonly nodes: readonly GraphNode[];
  /** Adds a node of an op of the table, by the op itself or its name. */
  emit<A>(op: Op<A>, attributes: A, inputs: readonly Value[]): Value[];
  emit<N extends OpName>(op: N, attributes: AttributesOf<N>, inputs: readonly Value[]): Value[];
  input(name: string, type: ValueType, kind?: GraphInput["kind"]): Value;
  /** Runs `emit` with its new nodes scheduled right after node `index` instead of at the end. */
  after(index: number, emit: () => void): void;
  /** The graph that makes these outputs, without what they do not need. */
  finish<O extends GraphOutputs>(outputs: O): Graph<O>;
}

/** Starts an empty graph. */
export function trace(): Trace {
  const nodes: GraphNode[] = [];
  const order: number[] = [];
  const inputs: GraphInput[] = [];
  const made = new Map<string, readonly Value[]>();
  let values = 0;
  let position: number | null = null;
  const value = (type: ValueType): Value => ({ id: values++, shape: type.shape, dtype: type.dtype });
  return {
    nodes,
    emit<A>(opOrName: Op<A> | OpName, attributes: A, arguments_: readonly Value[]) {
      const op = typeof opOrName === "string" ? OPS[opOrName] : opOrName;
      const key = JSON.stringify([op.name, attributes, arguments_.map((argument) => argument.id)]);
      const known = made.get(key);
      if (known !== undefined) return [...known];
      const results = op.types(attributes, arguments_).map(value);
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
    after(index, emit) {
      position = order[index] + 0.5;
      try {
        emit();
      } finally {
        position = null;
      }
    },
    finish(outputs) {
      const schedule = nodes.map((_, i) => i).sort((a, b) => order[a] - order[b] || a - b);
      const ordered = producersFirst(schedule.map((i) => nodes[i]));
      return { nodes: needed(ordered, listOutputs(outputs).map(({ value }) => value)), inputs, outputs };
    },
  };
}

/** The number of uses of each value of a graph, by id; an output is a use. */
export function countUses({ nodes, outputs }: Graph): Map<number, number> {
  const uses = new Map<number, number>();
  const count = ({ id }: Value) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { inputs } of nodes) inputs.forEach(count);
  for (const { value } of listOutputs(outputs)) count(value);
  return uses;
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

/** The nodes that outputs depend on. */
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
