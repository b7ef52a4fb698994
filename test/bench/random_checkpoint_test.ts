import assert from "node:assert/strict";
import { writeRandomCheckpoint } from "../../bench/model/random_checkpoint.ts";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { loadModel } from "../../src/model/model.ts";

// Neither the head size nor the number of columns is that of any real model.
const SHAPE = {
  hiddenSize: 128,
  intermediateSize: 192,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headSize: 32,
  vocabularySize: 301,
};

async function inTemporaryDirectory(check: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "whence_test_" });
  try {
    await check(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("writeRandomCheckpoint() writes what the reader takes for bitsandbytes NF4", () =>
  inTemporaryDirectory(async (directory) => {
    const bytes = writeRandomCheckpoint(directory, SHAPE);
    assert.equal(Deno.statSync(`${directory}/model.safetensors`).size, bytes);
    const checkpoint = await openCheckpoint(directory);
    const formats = [...checkpoint.tensors.values()].map(({ format }) => format);
    assert.equal(formats.filter((format) => format === "NF4").length, 7 * SHAPE.layers);
    const down = await checkpoint.read("model.layers.1.mlp.down_proj.weight");
    assert.ok(down.kind === "nf4");
    assert.deepEqual(down.shape, [SHAPE.hiddenSize, SHAPE.intermediateSize]);
    assert.ok(new Set(down.codes).size > 250, "codes must be random");
    checkpoint.close();
  }));

Deno.test("writeRandomCheckpoint() makes a model whose log-probs are finite", () =>
  inTemporaryDirectory(async (directory) => {
    writeRandomCheckpoint(directory, SHAPE);
    const model = await loadModel(directory, { device: "reference" });
    const [score] = await model.score([await model.embed([5, 300, 0, 17])], [1, 2, 3]);
    for (const value of score) assert.ok(value < 0 && value > -50, `got ${value}`);
    model.close();
  }));
