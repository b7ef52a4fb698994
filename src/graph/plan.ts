import { paddedBytes } from "../gpu/buffer.ts";
import { elements, type ValueType } from "../ops/op.ts";
import { OPS } from "../ops/table.ts";
import type { Graph } from "./graph.ts";

/** Where each value of a graph lies: values whose lives do not overlap share a slot. */
export interface Plan {
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** Slot of each value that a node makes, by value id. */
  readonly slotOf: ReadonlyMap<number, number>;
  /** Slots of the scratch buffers of each node. */
  readonly scratch: readonly (readonly number[])[];
  /** Bytes of the slots and of the inputs written from outside. */
  readonly bytes: number;
}

/** Assigns slots by liveness, greedily: the smallest free slot that fits, else the largest one, grown. */
export function plan(graph: Graph): Plan {
  const lastUse = lastUses(graph);
  const slots: number[] = [];
  const free = new Set<number>();
  const slotOf = new Map<number, number>();
  const take = (bytes: number): number => {
    const chosen = choose(slots, free, bytes);
    free.delete(chosen);
    slots[chosen] = Math.max(slots[chosen] ?? 0, bytes);
    return chosen;
  };
  const scratch = graph.nodes.map((node, i) => {
    for (const output of node.outputs) slotOf.set(output.id, take(bytesOf(output)));
    const own = (OPS[node.op].scratch?.(node.attributes, node.inputs) ?? []).map((count) =>
      take(paddedBytes(count * 4))
    );
    for (const slot of own) free.add(slot);
    for (const value of new Set([...node.inputs, ...node.outputs])) {
      const slot = slotOf.get(value.id);
      if (slot !== undefined && (lastUse.get(value.id) ?? i) === i) free.add(slot);
    }
    return own;
  });
  const written = graph.inputs.filter((input) => input.kind === "data").map((input) => bytesOf(input.value));
  return { slots, slotOf, scratch, bytes: [...slots, ...written].reduce((sum, bytes) => sum + bytes, 0) };
}

/** Bytes of a value's buffer. */
export function bytesOf(type: ValueType): number {
  return paddedBytes(elements(type) * 4);
}

function choose(slots: readonly number[], free: ReadonlySet<number>, bytes: number): number {
  let fitting = -1;
  let largest = -1;
  for (const slot of free) {
    if (slots[slot] >= bytes && (fitting < 0 || slots[slot] < slots[fitting])) fitting = slot;
    if (largest < 0 || slots[slot] > slots[largest]) largest = slot;
  }
  return fitting >= 0 ? fitting : largest >= 0 ? largest : slots.length;
}

function lastUses(graph: Graph): Map<number, number> {
  const last = new Map<number, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((value) => last.set(value.id, i)));
  for (const { value } of graph.outputs) last.set(value.id, Infinity);
  return last;
}
