import assert from "node:assert/strict";
import { importsOf } from "./imports.ts";
import { readSources } from "./source_files.ts";

/** Files by the files that they import. */
type FileGraph = ReadonlyMap<string, readonly string[]>;

/** Finds groups of files of which each reaches each other one (Tarjan's strongly connected components). */
function circlesOf(graph: FileGraph): string[][] {
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    if (members.length > 1 || graph.get(file)?.includes(file)) circles.push(shortestCircle(graph, members));
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** Finds the shortest walk through `members` that starts and ends at the first of them. */
function shortestCircle(graph: FileGraph, members: readonly string[]): string[] {
  const [start] = members;
  const walks = [[start]];
  const seen = new Set<string>();
  for (const walk of walks) {
    for (const next of graph.get(walk.at(-1)!)!) {
      if (next === start) return [...walk, start];
      if (!members.includes(next) || seen.has(next)) continue;
      seen.add(next);
      walks.push([...walk, next]);
    }
  }
  return [...members];
}

Deno.test("circlesOf() names the files of a circle in their order", () => {
  const graph = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["a"]], ["d", []], ["e", ["e"]]]);
  assert.deepEqual(circlesOf(graph), [["a", "b", "c", "a"], ["e", "e"]]);
});

Deno.test("src has no circle of files, types included", async () => {
  const sources = await readSources(["src"], [".ts"]);
  const graph = new Map([...sources].map(([path, text]) => [path, importsOf(path, text).map(({ target }) => target)]));
  assert.deepEqual(circlesOf(graph).map((circle) => circle.join(" → ")), []);
});
