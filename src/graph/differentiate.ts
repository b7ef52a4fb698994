import { add } from "../ops/block/add.ts";
import type { Differentiated, Op, Value } from "../ops/op.ts";
import type { OpName } from "../ops/op_table.ts";
import type { ReverseRules } from "../ops/rules/reverse_rules.ts";
import type { GraphNode, Trace } from "./graph.ts";

/** Options of `pullBack`. */
export interface PullOptions {
  /** In the place of ops' derivatives; with them cotangents are what the rules make of them. Default: none. */
  readonly rules?: ReverseRules;
  /** Is told the cotangent of a value behind the input when it is complete, with the number of its walk. */
  onCotangent?(value: Value, cotangent: Value, walk: number): void;
}

/**
 * Reverse mode: extends the trace by vector–Jacobian products of `output` with respect to `input`, one a cotangent. All
 * walks pass each node before any passes the next, so that the values that a node keeps are needed at one time only.
 *
 * @param cotangents each of the shape of `output`, or with fewer rows a sequence: the rest is zero
 * @returns the cotangents of `input`, of its shape or with the first rows of each sequence alone, likewise
 * @throws {TypeError} if a node between the two has no reverse rule, or `output` does not depend on `input`
 */
export function pullBack(
  g: Trace,
  output: Value,
  cotangents: readonly Value[],
  input: Value,
  { rules = {}, onCotangent }: PullOptions = {},
): Value[] {
  const walks = cotangents.map((cotangent) => new Map<number, Value>([[output.id, cotangent]]));
  for (const node of between(g.nodes, input, output).toReversed()) {
    for (const [number, walk] of walks.entries()) {
      const incoming = node.outputs.map((value) => walk.get(value.id) ?? null);
      if (incoming.every((value) => value === null)) continue;
      incoming.forEach((cotangent, i) => cotangent && onCotangent?.(node.outputs[i], cotangent, number));
      const rule = (rules[node.op.name as OpName] ?? node.op.vjp) as Op<unknown>["vjp"];
      if (rule === null) {
        throw new TypeError(`Cannot differentiate ${node.op.name} in reverse mode as it has no such rule`);
      }
      rule(g, node as Differentiated<unknown>, incoming).forEach((value, i) => {
        if (value === null) return;
        const { id } = node.inputs[i];
        const sum = walk.get(id);
        walk.set(id, sum === undefined ? value : g.emit(add, {}, [sum, value])[0]);
      });
    }
  }
  return walks.map((walk) => {
    const result = walk.get(input.id);
    if (result === undefined) throw new TypeError("Cannot differentiate as the output must depend on the input");
    return result;
  });
}

/**
 * Forward mode: extends the trace by the Jacobian–vector product of `output` with respect to `input`. Each tangent is
 * scheduled next to its value, so that no activation is kept for it.
 *
 * @param tangent of the shape of `input`
 * @param onTangent is told the tangent of each value behind `input`
 * @returns the tangent of `output`, of its shape
 * @throws {TypeError} if a node between the two has no forward rule, or `output` does not depend on `input`
 */
export function pushForward(
  g: Trace,
  input: Value,
  tangent: Value,
  output: Value,
  onTangent?: (value: Value, tangent: Value) => void,
): Value {
  const tangents = new Map<number, Value>([[input.id, tangent]]);
  const snapshot = [...g.nodes];
  const inside = new Set(between(snapshot, input, output));
  snapshot.forEach((node, index) => {
    if (!inside.has(node)) return;
    const rule = node.op.jvp;
    if (rule === null) {
      throw new TypeError(`Cannot differentiate ${node.op.name} in forward mode as it has no such rule`);
    }
    g.after(index, () => {
      rule(g, node as Differentiated<unknown>, node.inputs.map((value) => tangents.get(value.id) ?? null)).forEach(
        (value, i) => {
          if (value === null) return;
          tangents.set(node.outputs[i].id, value);
          onTangent?.(node.outputs[i], value);
        },
      );
    });
  });
  const result = tangents.get(output.id);
  if (result === undefined) throw new TypeError("Cannot differentiate as the output must depend on the input");
  return result;
}

/** The nodes that depend on `input` and that `output` depends on. */
function between(nodes: readonly GraphNode[], input: Value, output: Value): GraphNode[] {
  const reached = new Set([input.id]);
  const dependent = nodes.filter((node) => {
    const depends = node.inputs.some((value) => reached.has(value.id));
    if (depends) node.outputs.forEach((value) => reached.add(value.id));
    return depends;
  });
  const wanted = new Set([output.id]);
  return dependent.toReversed().filter((node) => {
    const leads = node.outputs.some((value) => wanted.has(value.id));
    if (leads) node.inputs.forEach((value) => wanted.add(value.id));
    return leads;
  }).reverse();
}
