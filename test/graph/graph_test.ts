import assert from "node:assert/strict";
import { pullBack, pushForward } from "../../src/graph/differentiate.ts";
import { type Graph, trace } from "../../src/graph/graph.ts";
import { bytesOf, plan, shareSlots } from "../../src/graph/memory_plan.ts";
import { listOutputs } from "../../src/graph/outputs.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { RECOMPUTE_LEVELS, rematerialize } from "../../src/graph/rematerialize.ts";
import { pathGraph } from "../../src/model/graphs/path_graph.ts";
import { scoreGraph } from "../../src/model/graphs/score_graph.ts";
import { randomValues } from "../support/random.ts";
import { CONFIG, MODEL, uploadWeights } from "../support/small_decoder.ts";

const SHAPE = { sequences: 2, prompt: 5, shared: 2, targets: 3 };
const graphOf = (gradient: "none" | "sequence" | "token", tangent: boolean) =>
  pathGraph(MODEL, SHAPE, { gradient, tangent });

/** Every value is made before it is used. */
function assertOrdered({ nodes, inputs, outputs }: Graph): void {
  const made = new Set(inputs.map(({ value }) => value.id));
  for (const node of nodes) {
    for (const input of node.inputs) assert.ok(made.has(input.id), `${node.op.name} uses ${input.id}`);
    for (const output of node.outputs) made.add(output.id);
  }
  for (const { name, value } of listOutputs(outputs)) assert.ok(made.has(value.id), name);
}

Deno.test("finish() orders producers before users, whatever is differentiated", () => {
  const ragged = { sequences: 3, rows: 20, shared: 4, longest: 9, reach: 9, gapped: false, targets: 2 };
  assertOrdered(scoreGraph(MODEL, ragged));
  for (const gradient of ["none", "sequence", "token"] as const) {
    for (const tangent of [false, true]) assertOrdered(graphOf(gradient, tangent));
  }
});

Deno.test("emit() makes equal nodes once, and finish() leaves out what no output needs", () => {
  const g = trace();
  const a = g.input("a", { shape: [2, 2], dtype: "f32" });
  const [first] = g.emit("add", {}, [a, a]);
  const [again] = g.emit("add", {}, [a, a]);
  assert.equal(again.id, first.id);
  g.emit("add", {}, [first, a]);
  assert.equal(g.finish({ first }).nodes.length, 1);
});

Deno.test("pushForward() puts each tangent beside its value, so that no activation waits for it", () => {
  const { nodes } = graphOf("none", true);
  const attention = nodes.findIndex((node) => node.op.name === "attention");
  const tangent = nodes.findIndex((node) => node.op.name === "attentionTangent");
  const nextLayer = nodes.findIndex((node, i) => i > attention && node.op.name === "attention");
  assert.ok(attention < tangent && tangent < nextLayer, `${attention} ${tangent} ${nextLayer}`);
});

Deno.test("plan() gives no two living values one slot", () => {
  for (const gradient of ["none", "sequence", "token"] as const) {
    const graph = graphOf(gradient, true);
    const { slots, slotOf, scratch } = plan(graph);
    const lastUse = new Map<number, number>();
    graph.nodes.forEach((node, i) => node.inputs.forEach((value) => lastUse.set(value.id, i)));
    for (const { value } of listOutputs(graph.outputs)) lastUse.set(value.id, Infinity);
    const holder = new Map<number, number>();
    graph.nodes.forEach((node, i) => {
      const free = (slot: number) => {
        const held = holder.get(slot);
        return held === undefined || (lastUse.get(held) ?? -1) < i;
      };
      for (const value of node.outputs) {
        const slot = slotOf.get(value.id)!;
        assert.ok(free(slot), `${node.op.name} overwrites a value that is used later`);
        assert.ok(slots[slot] >= bytesOf(value), "the slot is large enough");
      }
      for (const slot of scratch[i]) {
        assert.ok(free(slot), `${node.op.name}'s scratch overwrites a value that is used later`);
      }
      node.outputs.forEach((value) => holder.set(slotOf.get(value.id)!, value.id));
      const own = [...node.outputs.map((value) => slotOf.get(value.id)!), ...scratch[i]];
      assert.equal(new Set(own).size, own.length, "outputs and scratch are apart");
    });
  }
});

Deno.test("plan() needs far less than all values together, and forward mode little more than none", () => {
  const all = (graph: Graph) =>
    graph.nodes.flatMap((node) => node.outputs).reduce((sum, value) => sum + bytesOf(value), 0);
  const tangent = graphOf("none", true);
  assert.ok(plan(tangent).bytes < all(tangent) / 3);
  assert.ok(plan(tangent).bytes < 3 * plan(graphOf("none", false)).bytes);
});

Deno.test("pullBack() and pushForward() refuse an output that does not depend on the input, and ops without a rule", () => {
  const g = trace();
  const a = g.input("a", { shape: [1, 2, 2], dtype: "f32" });
  const b = g.input("b", { shape: [1, 2, 2], dtype: "f32" });
  const [y] = g.emit("add", {}, [a, a]);
  assert.throws(() => pullBack(g, y, [y], b), /the output must depend on the input/);
  assert.throws(() => pushForward(g, b, b, y), /the output must depend on the input/);
  const [token] = g.emit("argmax", {}, [y]);
  assert.throws(() => pullBack(g, token, [token], a), /Cannot differentiate argmax in reverse mode/);
  assert.throws(() => pushForward(g, a, a, token), /Cannot differentiate argmax in forward mode/);
});

Deno.test("rematerialize() needs less memory at each level and keeps producers before users", () => {
  for (const gradient of ["sequence", "token"] as const) {
    const bytes = RECOMPUTE_LEVELS.map((level) => {
      const graph = rematerialize(deepGraph(gradient), level);
      assertOrdered(graph);
      return plan(graph).bytes;
    });
    assert.ok(bytes[1] < 0.9 * bytes[0] && bytes[2] < 0.6 * bytes[1], bytes.join(" "));
  }
});

Deno.test("rematerialize() gives the same bits at every level", async () => {
  const executor = createReferenceExecutor();
  const results: Float64Array[][] = [];
  for (const level of RECOMPUTE_LEVELS) {
    const graph = rematerialize(graphOf("token", true), level);
    await uploadWeights(executor);
    const program = await executor.compile(graph);
    const inputs = Object.fromEntries(graph.inputs.map(({ name, value }, i) => {
      const count = value.shape.reduce((product, n) => product * n, 1);
      return [name, value.dtype === "u32" ? new Uint32Array(count).fill(7) : randomValues(count, i)];
    }));
    const { score, tangent, gradient } = (await program.run(inputs)).outputs;
    results.push([score, tangent!, ...gradient]);
  }
  assert.ok(results[0].length > 3);
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
});

/** Many layers, so that what they keep outweighs the rest. */
function deepGraph(gradient: "sequence" | "token"): Graph {
  return pathGraph({ ...MODEL, config: { ...CONFIG, layers: 12 } }, SHAPE, { gradient, tangent: true });
}

Deno.test("shareSlots() gives each slot room of its own in the pool and adds only what is missing", () => {
  const kind = { bytes: (bytes: number) => bytes, create: (bytes: number) => bytes };
  const pool = [64, 32, 16];
  assert.deepEqual(shareSlots(pool, [16, 48, 20], kind), [16, 64, 32]);
  assert.deepEqual(pool, [64, 32, 16]);
  assert.deepEqual(shareSlots(pool, [40, 50, 8, 8], kind), [40, 64, 32, 16]);
  assert.deepEqual(pool, [64, 40, 32, 16]);
});
