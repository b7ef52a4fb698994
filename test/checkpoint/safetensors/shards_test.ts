import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { INDEX } from "../../../src/checkpoint/safetensors/shards.ts";
import { tensorValues } from "../../../src/checkpoint/tensor.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { f32, writeConfig, writeSafetensors } from "../scratch.ts";

function writeIndex(directory: string, weightMap: Readonly<Record<string, string>>): void {
  Deno.writeTextFileSync(join(directory, INDEX), JSON.stringify({ weight_map: weightMap }));
}

Deno.test("openCheckpoint() reads the tensors of a shard that its index does not name, and no tensor of two shards", () =>
  inScratch(async (directory) => {
    const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    writeConfig(directory);
    writeSafetensors(join(directory, first), { a: f32([2], [1, 2]), b: f32([1], [3]) });
    writeSafetensors(join(directory, second), { c: f32([2], [4, 5]) });
    writeIndex(directory, { a: first, c: second });
    const checkpoint = await openCheckpoint(directory);
    assert.deepEqual([...tensorValues(await checkpoint.read("b"))], [3]);
    checkpoint.close();
    writeSafetensors(join(directory, second), { b: f32([1], [6]), c: f32([2], [4, 5]) });
    writeIndex(directory, { a: first, b: first, c: second });
    await assert.rejects(
      openCheckpoint(directory),
      /tensor b must be in one shard: got a second in model-00002-of-00002/,
    );
  }));

for (const name of ["config.json", "tokenizer_config.json", "generation_config.json"]) {
  Deno.test(`openCheckpoint() refuses a ${name} with a key twice, or of other bytes than UTF-8`, () =>
    inScratch(async (directory) => {
      writeConfig(directory);
      writeSafetensors(join(directory, "model.safetensors"), { a: f32([1], [1]) });
      Deno.writeTextFileSync(join(directory, "tokenizer.json"), "{}");
      Deno.writeTextFileSync(join(directory, name), '{"eos_token_id": 1, "eos_token_id": 2}');
      const twice = new RegExp(`${name} as its keys must be unique: got "eos_token_id" twice`);
      await assert.rejects(openCheckpoint(directory), { name: "SyntaxError", message: twice });
      Deno.writeFileSync(join(directory, name), Uint8Array.of(123, 34, 0xff, 34, 58, 49, 125));
      const bytes = new RegExp(`${name} as it must be UTF-8: got 0xff at byte 2`);
      await assert.rejects(openCheckpoint(directory), { name: "SyntaxError", message: bytes });
    }));
}

Deno.test("openCheckpoint() takes time in proportion to the shards that an index names", () =>
  inScratch(async (directory) => {
    writeConfig(directory);
    const shard = (i: number) => `model-${String(i).padStart(5, "0")}-of-50000.safetensors`;
    writeIndex(directory, Object.fromEntries(Array.from({ length: 50000 }, (_, i) => [`t${i}`, shard(i + 1)])));
    const start = performance.now();
    await assert.rejects(openCheckpoint(directory), { name: "NotFound", message: /model-00001-of-50000/ });
    assert.ok(performance.now() - start < 10_000);
    writeIndex(directory, { a: `${"1".repeat(300)}.safetensors` });
    await assert.rejects(openCheckpoint(directory), /weight_map must map tensors to \.safetensors files beside it/);
  }));
