import type { RandomStream } from "../statistics/random.ts";
import { shuffle } from "../statistics/random.ts";

/** A hierarchy of units: a unit's index, or a group of subtrees such as the words of a sentence. */
export type UnitTree = number | readonly UnitTree[];

/** Returns the units of a tree from left to right. */
export function leavesOf(tree: UnitTree): number[] {
  return typeof tree === "number" ? [tree] : tree.flatMap(leavesOf);
}

/** Splits nodes with more than two children in halves, again and again. */
export function binaryTree(tree: UnitTree): UnitTree {
  if (typeof tree === "number") return tree;
  if (tree.length === 1) return binaryTree(tree[0]);
  const middle = Math.ceil(tree.length / 2);
  return [binaryTree(tree.slice(0, middle)), binaryTree(tree.slice(middle))];
}

/** Returns the tree that halves N units again and again. */
export function halvedTree(units: number): UnitTree {
  return binaryTree(Array.from({ length: units }, (_, i) => i));
}

/**
 * Groups units that share a group, such as words of one sentence; groups are in order of their first unit.
 *
 * @param group of each unit, [N]
 */
export function groupedTree(group: readonly number[]): UnitTree {
  return [...Map.groupBy(group.keys(), (unit) => group[unit]).values()].map((units) =>
    units.length === 1 ? units[0] : units
  );
}

/** Draws an order of all units, [N], uniformly from all orders in which each group stays together. */
export function drawOrder(tree: UnitTree, random: RandomStream): number[] {
  if (typeof tree === "number") return [tree];
  return shuffle([...tree], random.integer).flatMap((child) => drawOrder(child, random));
}

/**
 * Checks a tree.
 *
 * @throws {RangeError} if it does not hold each of the units once, or a group is empty
 */
export function assertTree(tree: UnitTree, units: number): void {
  const leaves = leavesOf(tree).sort((a, b) => a - b);
  if (leaves.length !== units || leaves.some((leaf, i) => leaf !== i)) {
    throw new RangeError(
      `Cannot use the tree of units as each of 0 … ${units - 1} must be in it once: got ${leaves.join(", ")}`,
    );
  }
  const emptyGroup = (node: UnitTree): boolean =>
    typeof node !== "number" && (node.length === 0 || node.some(emptyGroup));
  if (emptyGroup(tree)) {
    throw new RangeError("Cannot use the tree of units as its groups must hold units: got an empty one");
  }
}
