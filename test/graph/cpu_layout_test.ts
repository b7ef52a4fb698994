import assert from "node:assert/strict";
import { layOutProgram } from "../../src/graph/cpu_layout.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { pathGraph } from "../../src/model/graphs/path_graph.ts";
import type { ModelConfig } from "../../src/model/load/model_config.ts";
import { readModelConfig } from "../../src/model/load/read_model_config.ts";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { embeddedModel } from "../../src/model/load/embedded.ts";
import { layOutWeights } from "../../src/model/load/load_weights.ts";
import { weightForms } from "../../src/graph/cpu_weights.ts";
import type { CpuWeight } from "../../src/ops/formats/lowered_weight.ts";

/** The embedded model's sizes and weights, which are not read. */
async function embedded(): Promise<{ config: ModelConfig; weights: Map<string, CpuWeight> }> {
  const checkpoint = await openCheckpoint(await embeddedModel());
  const weights = new Map<string, CpuWeight>();
  try {
    const config = await readModelConfig(checkpoint);
    const upload: Parameters<typeof layOutWeights>[2]["upload"] = (info, segments) => {
      weights.set(info.name, { ...info, parts: weightForms(info, segments, Infinity).parts });
      return Promise.resolve();
    };
    await layOutWeights(checkpoint, config, { upload }, "none");
    return { config, weights };
  } finally {
    checkpoint.close();
  }
}

const { config, weights } = await embedded();

function layout(sequences: number, prompt: number, shared: number, targets: number) {
  const shape = { sequences, prompt, shared, targets };
  const model = { config, attentionBias: weights.has("layers.0.qkv.bias") };
  return layOutProgram(fuse(pathGraph(model, shape, { tangent: true, gradient: "sequence" })), weights);
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
