import assert from "node:assert/strict";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { bytesOf, NAME, SHARDED_MODEL, type Trial, weights, withHub } from "./trial.ts";

/** Files that were asked for since the last call. */
function fetched({ server }: Trial): string[] {
  return server.requests.splice(0).filter((request) => /^GET .*\/resolve\//.test(request))
    .map((request) => request.replace(/.*\/resolve\/[^/]+\//, "")).sort();
}

for (
  const [what, files, message] of [
    ["config.json", { "model.safetensors": weights(1) }, /must have config\.json: got model\.safetensors$/],
    [
      "safetensors",
      { "config.json": bytesOf("{}"), "pytorch_model.bin": bytesOf("x") },
      /must have model\.safetensors or model\.safetensors\.index\.json: got config\.json, pytorch_model\.bin$/,
    ],
    [
      "safetensors but GGUF files",
      { "config.json": bytesOf("{}"), "n-q8_0.gguf": bytesOf("x"), "n-q4_0.gguf": bytesOf("x") },
      /got n-q4_0\.gguf, n-q8_0\.gguf; name a GGUF file as team\/tiny:n-q4_0\.gguf$/,
    ],
  ] as const
) {
  Deno.test(`fetchModel() rejects a repository without ${what}, and says what it has`, () =>
    withHub(async (trial) => {
      await assert.rejects(trial.fetch(), { name: "HubError", message });
    }, files));
}

Deno.test("fetchModel() rejects a GGUF file that the repository lacks, and says which it has", () =>
  withHub(async (trial) => {
    await assert.rejects(trial.fetch(`${NAME}:b.gguf`), {
      message: /must have b\.gguf: got a\.gguf; name .*:a\.gguf$/,
    });
  }, { "a.gguf": bytesOf("GGUF") }));

const index = (map: Record<string, string>) => bytesOf(JSON.stringify({ weight_map: map }));

for (
  const [what, map, message] of [
    ["names a missing shard", { a: "gone.safetensors" }, /must have gone\.safetensors, which .*index\.json names/],
    [
      "leaves out a shard",
      { a: "m-00001-of-00002.safetensors" },
      /must name every shard: got none of m-00002-of-00002/,
    ],
    ["names a file above", { a: "../../../evil.safetensors" }, /must map tensors to \.safetensors files beside it/],
    ["names an absolute path", { a: "/tmp/evil.safetensors" }, /must map tensors to \.safetensors files beside it/],
  ] as const
) {
  Deno.test(`fetchModel() rejects an index that ${what} before it downloads any`, () =>
    withHub(async (trial) => {
      await assert.rejects(trial.fetch(), { message });
      assert.ok(!fetched(trial).some((name) => name.endsWith(".safetensors")));
    }, {
      "config.json": bytesOf("{}"),
      "m-00001-of-00002.safetensors": weights(1),
      "model.safetensors.index.json": index(map),
    }));
}

Deno.test("openCheckpoint() rejects a downloaded index that names a missing tensor, and a truncated shard", async () => {
  const wrong = { ...SHARDED_MODEL, "model-00002-of-00003.safetensors": weights(9) };
  await withHub(async (trial) => {
    const { path } = await trial.fetch();
    await assert.rejects(openCheckpoint(path), {
      message: /tensor tensor2 must be in model-00002-of-00003\.safetensors/,
    });
  }, wrong);
  const short = { ...SHARDED_MODEL, "model-00002-of-00003.safetensors": weights(2).subarray(0, 9000) };
  await withHub(async (trial) => {
    const { path } = await trial.fetch();
    await assert.rejects(openCheckpoint(path), { message: /model-00002-of-00003\.safetensors .*\(truncated\)/ });
  }, short);
});
