import assert from "node:assert/strict";
import type { Graph } from "../../../src/graph/graph.ts";
import { PROGRAM_GRAPHS } from "../../../src/model/graphs/program_graphs.ts";
import { CONFIG, MODEL } from "../../support/small_decoder.ts";

const { layers, hiddenSize: D, kvHeads, headSize } = CONFIG;
const attentions = (graph: Graph) =>
  graph.nodes.filter(({ op }) => op.name === "attention")
    .map(({ attributes }) => attributes as { shared: number; queries: number | null });
const inputsOf = (graph: Graph) => graph.inputs.map(({ name, value }) => `${name} ${value.shape}`);

Deno.test("the shared graph gives keys and values of every layer", () => {
  const { outputs: { shared } } = PROGRAM_GRAPHS.shared(MODEL, { sequences: 1, rows: 4 });
  assert.deepEqual(shared.map(({ shape }) => shape), new Array(layers).fill([1, 4, 2 * kvHeads * headSize]));
});

Deno.test("the stream graph passes the blocks before its layer, which alone read shared rows", () => {
  const graph = PROGRAM_GRAPHS.stream(MODEL, { sequences: 2, shared: 3, rows: 4, layer: 2 });
  assert.deepEqual(graph.outputs.stream.shape, [2, 4, D]);
  assert.equal(attentions(graph).length, 2);
  const shared = inputsOf(graph).filter((input) => input.startsWith("shared"));
  assert.deepEqual(shared, ["shared.0 3,24", "shared.1 3,24"]);
});

Deno.test("the logits graph cuts targets into groups whose logits are one value each", () => {
  const wide = { ...MODEL, config: { ...CONFIG, vocabularySize: 2 ** 22 } };
  const shapes = (model: typeof MODEL) =>
    PROGRAM_GRAPHS.logits(model, { prompt: 2, targets: 5 }).outputs.logits.map(({ shape }) => shape);
  assert.deepEqual(shapes(MODEL), [[1, 5, 101]]);
  assert.deepEqual(shapes(wide), [[1, 2, 2 ** 22], [1, 2, 2 ** 22], [1, 1, 2 ** 22]]);
});

Deno.test("the score graph asks its last layer for the rows that predict targets alone", () => {
  const shape = { sequences: 3, rows: 20, shared: 4, longest: 9, reach: 9, targets: 2, objective: "log-prob" } as const;
  const dense = PROGRAM_GRAPHS.score(MODEL, { ...shape, gapped: false });
  assert.deepEqual(attentions(dense).map(({ queries }) => queries), [null, null, 2]);
  assert.deepEqual(dense.outputs.score.shape, [6]);
  const gapped = PROGRAM_GRAPHS.score(MODEL, { ...shape, gapped: true });
  const layout = (graph: Graph) => inputsOf(graph).filter((input) => input.startsWith("layout"));
  assert.deepEqual([layout(dense), layout(gapped)], [["layout 3,12"], ["layout 3,21"]]);
});

Deno.test("the path and the points graph differ in their inputs alone", () => {
  const wants = { tangent: true, gradient: "token", products: true } as const;
  const shape = { sequences: 2, prompt: 5, shared: 2, targets: 3, objective: "log-prob", wants } as const;
  const [path, points] = [PROGRAM_GRAPHS.path(MODEL, shape), PROGRAM_GRAPHS.points(MODEL, shape)];
  const shapes = ({ outputs: { score, tangent, gradient } }: typeof path) =>
    [score, tangent!, ...gradient].map(({ shape }) => shape);
  assert.deepEqual(shapes(points), shapes(path));
  const own = (graph: Graph) => inputsOf(graph).filter((input) => !/^(rotation|targets|shared)/.test(input));
  assert.deepEqual(own(path), ["start 5,24", "end 5,24", "alpha 2", "delta 5,24"]);
  assert.deepEqual(own(points), ["x 2,5,24", "direction 2,5,24"]);
});
