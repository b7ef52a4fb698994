import assert from "node:assert/strict";
import { layOutProgram } from "../../src/graph/cpu_layout.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { pathGraph } from "../../src/model/graphs/path_graph.ts";
import type { ModelConfig } from "../../src/model/load/model_config.ts";
import { readModelConfig } from "../../src/model/load/read_model_config.ts";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { embeddedModel } from "../../src/model/load/embedded.ts";
import { layOutWeights } from "../../src/model/load/load_weights.ts";
import { holdWeights } from "../../src/graph/cpu_weights.ts";
import type { CpuWeight } from "../../src/ops/formats/lowered_weight.ts";

/** The embedded model's sizes, and its weights with room for their values or none; they are not read. */
async function embedded(): Promise<{ config: ModelConfig; holdAll: (room: number) => Map<string, CpuWeight> }> {
  const checkpoint = await openCheckpoint(await embeddedModel());
  const given: Parameters<typeof holdWeights>[0] extends ReadonlyMap<string, infer W> ? Map<string, W> : never =
    new Map();
  try {
    const config = await readModelConfig(checkpoint);
    const upload: Parameters<typeof layOutWeights>[2]["upload"] = (info, segments) => {
      given.set(info.name, { ...info, segments });
      return Promise.resolve();
    };
    await layOutWeights(checkpoint, config, { upload }, "none");
    return { config, holdAll: (room) => holdWeights(given, room) };
  } finally {
    checkpoint.close();
  }
}

const { config, holdAll } = await embedded();
const weights = holdAll(Infinity);

function layout(sequences: number, prompt: number, shared: number, targets: number, held = weights) {
  const shape = { sequences, prompt, shared, targets };
  const model = { config, attentionBias: weights.has("layers.0.qkv.bias") };
  return layOutProgram(fuse(pathGraph(model, shape, { tangent: true, gradient: "sequence" })), held);
}

Deno.test("a program is built once for all numbers of points and lengths of prompt and target", () => {
  const shapes: [number, number, number, number][] = [[2, 5, 0, 3], [8, 17, 0, 3], [16, 9, 0, 12], [4, 30, 0, 6]];
  const models = shapes.map((shape) => layout(...shape).segments.map(({ model }) => JSON.stringify(model)));
  for (const other of models.slice(1)) {
    other.forEach((model, k) => assert.ok(model === models[0][k], `model ${k} is another`));
  }
});

Deno.test("layers are cut alike, so that few models serve all of them", () => {
  const { segments } = layout(4, 20, 0, 6);
  const distinct = new Set(segments.map(({ model }) => JSON.stringify(model)));
  assert.ok(segments.length >= 2 * (config.layers - 1), `${segments.length} segments`);
  assert.ok(distinct.size <= 6, `${distinct.size} models`);
});

Deno.test("values that pass from one model to another have slots, and lives that overlap have different ones", () => {
  const { segments, slots, slotOf } = layout(4, 20, 0, 6);
  const lastUse = new Map<number, number>();
  segments.forEach(({ feeds }, k) => {
    for (const { from } of feeds) if (from.kind === "value") lastUse.set(from.value.id, k);
  });
  const busy = new Map<number, number>();
  segments.forEach(({ results }, k) => {
    for (const { value } of results) {
      const slot = slotOf.get(value.id)!;
      assert.ok(slots[slot] >= value.shape.reduce((a, b) => a * b, 4), "a slot holds its value");
      assert.ok((busy.get(slot) ?? -1) < k, `slot ${slot} is free in segment ${k}`);
      busy.set(slot, lastUse.get(value.id) ?? Infinity);
    }
  });
});

Deno.test("weights that are expanded where they are used share memory from layer to layer", () => {
  const { expandedBytes } = layout(4, 20, 0, 6, holdAll(0));
  const sizes = ["qkv", "o", "gate_up", "down"].map((name) => {
    const { rows, columns } = weights.get(`layers.0.${name}`)!;
    return 4 * rows * columns;
  });
  assert.equal(layout(4, 20, 0, 6).expandedBytes, 0);
  const layer = sizes.reduce((a, b) => a + b);
  // A segment may hold the end of one layer and the start of the next.
  assert.ok(expandedBytes >= layer && expandedBytes <= 2 * layer, `${expandedBytes} of ${layer} a layer`);
});

Deno.test("a value and its tangent share their weights", () => {
  for (const { feeds } of layout(4, 20, 0, 6).segments) {
    const names = feeds.flatMap(({ from }) => from.kind === "weight" ? [from.source.weight] : []);
    assert.equal(new Set(names).size, names.length);
  }
});
