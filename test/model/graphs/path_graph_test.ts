import assert from "node:assert/strict";
import type { Graph } from "../../../src/graph/graph.ts";
import { pathGraph } from "../../../src/model/graphs/path_graph.ts";
import { reverseWalks } from "../../../src/model/graphs/reverse_walks.ts";
import { CONFIG, MODEL } from "../../support/small_decoder.ts";

const SHAPE = { sequences: 2, prompt: 5, shared: 2, targets: 3 };
const graphOf = (gradient: "none" | "sequence" | "token", tangent: boolean) =>
  pathGraph(MODEL, SHAPE, { gradient, tangent });

Deno.test("a token attribution shares one forward with the head's gradient among its walks", () => {
  const count = (graph: Graph, op: string) => graph.nodes.filter((node) => node.op.name === op).length;
  const graph = graphOf("token", true);
  assert.equal(count(graph, "targetLogProb"), 1);
  assert.equal(count(graph, "attention"), CONFIG.layers);
  assert.equal(count(graph, "attentionTangent"), CONFIG.layers);
  assert.equal(count(graph, "attentionBackward"), CONFIG.layers * SHAPE.targets);
});

Deno.test("a token attribution's walks end with the rows that their targets depend on", () => {
  const shape = { prompt: 5, shared: 2, targets: 3 };
  const walks = reverseWalks(shape, { gradient: "token" });
  assert.deepEqual(walks.map(({ rows }) => rows), [3, 4, 5]);
  const products = graphOf("token", true).nodes.filter(({ op, attributes }) =>
    op.name === "linearTransposed" && (attributes as { weight: string }).weight === "layers.1.gate_up"
  );
  assert.deepEqual(products.map(({ inputs }) => inputs[0].shape[1]), [3, 4, 5]);
});

Deno.test("reverseWalks() covers each target with few lengths, and all rows where little would be saved", () => {
  const wants = { gradient: "token" } as const;
  const many = reverseWalks({ prompt: 10, shared: 0, targets: 50 }, wants);
  many.forEach(({ target, targets, rows }, t) => {
    assert.equal(target, t);
    assert.ok(targets > t && rows === 9 + targets && rows <= 59, `${t}`);
  });
  assert.ok(new Set(many.map(({ rows }) => rows)).size <= 8);
  assert.ok(many.reduce((sum, { rows }) => sum + rows, 0) < 0.7 * 50 * 59);
  const few = reverseWalks({ prompt: 400, shared: 0, targets: 5 }, wants);
  assert.deepEqual(few.map(({ rows }) => rows), Array(5).fill(404));
});

Deno.test("beyond keys and values the last layer is computed at the rows that predict targets alone", () => {
  const rows = graphOf("sequence", true).nodes.flatMap(({ op, attributes, inputs }) => {
    const { weight } = attributes as { weight?: string };
    const product = op.name === "linear" || op.name === "linearTransposed";
    return product && weight?.startsWith("layers.2.") && weight !== "layers.2.qkv" ? [inputs[0].shape[1]] : [];
  });
  // o, gate_up and down; forward, tangent and reverse.
  assert.deepEqual(rows, new Array(9).fill(SHAPE.targets));
});
