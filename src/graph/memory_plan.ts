import { paddedBytes } from "../gpu/buffer.ts";
import { elements, type KernelAdapter, type ValueType } from "../ops/op.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { listOutputs } from "./outputs.ts";

/** The slot of each value of a graph: values whose lives do not overlap share one. */
interface Plan {
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** Slot of each value that a node makes, by value id. */
  readonly slotOf: ReadonlyMap<number, number>;
  /** Slots of the scratch buffers of each node. */
  readonly scratch: readonly (readonly number[])[];
  /** Bytes of the inputs written from outside. */
  readonly inputBytes: number;
  /** Bytes of the slots and of these inputs. */
  readonly bytes: number;
}

/** Something that needs room from one node to another, both included. */
interface Life {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  place(slot: number): void;
}

/** Elements (f32) of the buffers that a node needs for itself. */
export type ScratchOf = (node: GraphNode) => readonly number[];

/** The scratch buffers of an adapter's kernels; by default, of software without subgroups. */
export function kernelScratch(adapter: KernelAdapter = { subgroups: false, software: true }): ScratchOf {
  return ({ op, attributes, inputs }) => op.scratch?.(attributes, inputs, adapter) ?? [];
}

/** The tensors on the way of ONNX operators. */
export const operatorScratch: ScratchOf = ({ op, attributes, inputs }) => [
  op.loweredScratch?.(attributes, inputs) ?? 0,
];

/**
 * Assigns slots by liveness: the largest values first, each to the smallest slot that is free for its whole life, so
 * that nothing small and long-lived holds a large slot.
 *
 * @param scratchOf default: that of software's kernels without subgroups
 */
export function plan(graph: Graph, scratchOf: ScratchOf = kernelScratch()): Plan {
  const slotOf = new Map<number, number>();
  const scratch: number[][] = graph.nodes.map(() => []);
  const slots = planLives(livesOf(graph, slotOf, scratch, scratchOf));
  const inputBytes = graph.inputs
    .filter((input) => input.kind === "data")
    .reduce((sum, input) => sum + bytesOf(input.value), 0);
  return { slots, slotOf, scratch, inputBytes, bytes: slots.reduce((sum, bytes) => sum + bytes, inputBytes) };
}

/**
 * Places each life in the smallest slot that is free for it, the largest first.
 *
 * @returns the bytes of each slot
 */
export function planLives(lives: readonly Life[]): number[] {
  const slots: number[] = [];
  const taken: Life[][] = [];
  for (const life of lives.toSorted((a, b) => b.bytes - a.bytes)) {
    let slot = slots.length - 1;
    while (slot >= 0 && !reserve(taken[slot], life)) slot--;
    if (slot < 0) {
      slot = slots.push(life.bytes) - 1;
      taken.push([life]);
    }
    life.place(slot);
  }
  return slots;
}

/**
 * Finds room for a plan's slots in the pool of all plans: programs run one after another, so they use the same. Adds
 * the slots that are missing to the pool, which is kept largest first.
 *
 * @returns one of the pool for each slot
 */
export function shareSlots<T>(
  pool: T[],
  slots: readonly number[],
  kind: { bytes(one: T): number; create(bytes: number): T },
): T[] {
  const chosen: T[] = [];
  let next = 0;
  for (const slot of slots.keys().toArray().sort((a, b) => slots[b] - slots[a])) {
    if (next >= pool.length || kind.bytes(pool[next]) < slots[slot]) pool.splice(next, 0, kind.create(slots[slot]));
    chosen[slot] = pool[next++];
  }
  return chosen;
}

/** Bytes of a value's buffer. */
export function bytesOf(type: ValueType): number {
  return paddedBytes(elements(type) * 4);
}

function livesOf(
  graph: Graph,
  slotOf: Map<number, number>,
  scratch: number[][],
  scratchOf: ScratchOf,
): Life[] {
  const lastUse = new Map<number, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((value) => lastUse.set(value.id, i)));
  for (const { value } of listOutputs(graph.outputs)) lastUse.set(value.id, Infinity);
  return graph.nodes.flatMap((node, from): Life[] => [
    ...node.outputs.map((value) => ({
      bytes: bytesOf(value),
      from,
      to: lastUse.get(value.id) ?? from,
      place: (slot: number) => slotOf.set(value.id, slot),
    })),
    ...scratchOf(node).map((count, k) => ({
      bytes: paddedBytes(count * 4),
      from,
      to: from,
      place: (slot: number) => scratch[from][k] = slot,
    })),
  ]);
}

/** Adds a life to those of a slot, which are in order and apart, if it overlaps none. */
function reserve(lives: Life[], life: Life): boolean {
  let low = 0;
  for (let high = lives.length; low < high;) {
    const middle = (low + high) >> 1;
    if (lives[middle].from < life.from) low = middle + 1;
    else high = middle;
  }
  const before = lives[low - 1];
  const after = lives[low];
  if ((before !== undefined && before.to >= life.from) || (after !== undefined && after.from <= life.to)) return false;
  lives.splice(low, 0, life);
  return true;
}
