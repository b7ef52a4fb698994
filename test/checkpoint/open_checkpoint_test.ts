import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DenseTensor } from "../../src/checkpoint/dense_tensor.ts";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { inScratch } from "../support/in_scratch.ts";
import { f32, type Stored, writeConfig, writeSafetensors } from "./scratch.ts";

const INDEX = "model.safetensors.index.json";

function values(tensor: DenseTensor): number[] {
  return [...new Float32Array(tensor.data.slice().buffer)];
}

function writeIndex(directory: string, weightMap: unknown): void {
  Deno.writeTextFileSync(join(directory, INDEX), JSON.stringify({ metadata: {}, weight_map: weightMap }));
}

function writeModel(directory: string, tensors: Record<string, Stored>): void {
  writeConfig(directory, { model_type: "qwen2" });
  writeSafetensors(join(directory, "model.safetensors"), tensors);
}

Deno.test("openCheckpoint() reads a single safetensors file", () =>
  inScratch(async (directory) => {
    writeModel(directory, { a: f32([2, 2], [1, 2, 3, 4]), b: f32([3], [5, 6, 7]) });
    const checkpoint = await openCheckpoint(directory);
    assert.equal(checkpoint.path, directory);
    assert.deepEqual(checkpoint.config, { model_type: "qwen2" });
    assert.equal(checkpoint.tokenizer, null);
    assert.deepEqual(checkpoint.tensors.get("a"), { name: "a", shape: [2, 2], format: "F32", kept: "f32", bytes: 16 });
    assert.deepEqual(values(await checkpoint.read("b") as DenseTensor), [5, 6, 7]);
    assert.deepEqual([...await checkpoint.readRows("a", [1, 0, 1])], [3, 4, 1, 2, 3, 4]);
    checkpoint.close();
  }));

Deno.test("openCheckpoint() reads shards that the index names, and only those", () =>
  inScratch(async (directory) => {
    writeConfig(directory);
    writeSafetensors(join(directory, "model-00001-of-00002.safetensors"), { a: f32([2], [1, 2]), b: f32([1], [3]) });
    writeSafetensors(join(directory, "model-00002-of-00002.safetensors"), { c: f32([2], [4, 5]) });
    Deno.writeTextFileSync(join(directory, "other.safetensors"), "not one");
    writeIndex(directory, {
      c: "model-00002-of-00002.safetensors",
      a: "model-00001-of-00002.safetensors",
      b: "model-00001-of-00002.safetensors",
    });
    const checkpoint = await openCheckpoint(directory);
    assert.deepEqual([...checkpoint.tensors.keys()].sort(), ["a", "b", "c"]);
    assert.deepEqual(values(await checkpoint.read("c") as DenseTensor), [4, 5]);
    assert.deepEqual(values(await checkpoint.read("b") as DenseTensor), [3]);
    checkpoint.close();
  }));

Deno.test("fingerprint() is the SHA-256 of the weight files in name order", () =>
  inScratch(async (directory) => {
    writeConfig(directory);
    writeSafetensors(join(directory, "1.safetensors"), { a: f32([2], [1, 2]) });
    writeSafetensors(join(directory, "2.safetensors"), { b: f32([2], [3, 4]) });
    writeIndex(directory, { b: "2.safetensors", a: "1.safetensors" });
    const hash = createHash("sha256");
    for (const name of ["1", "2"]) hash.update(Deno.readFileSync(join(directory, `${name}.safetensors`)));
    const checkpoint = await openCheckpoint(directory);
    assert.equal(await checkpoint.fingerprint(), `sha256:${hash.digest("hex")}`);
    assert.equal(await checkpoint.fingerprint(), await checkpoint.fingerprint());
    checkpoint.close();
  }));

Deno.test("openCheckpoint() gives the tokenizer's files; chat_template.jinja wins over the key", () =>
  inScratch(async (directory) => {
    writeModel(directory, { a: f32([1], [1]) });
    const write = (name: string, value: unknown) =>
      Deno.writeTextFileSync(join(directory, name), JSON.stringify(value));
    write("tokenizer.json", { model: { type: "BPE" } });
    write("tokenizer_config.json", { eos_token: "<e>", chat_template: "old" });
    write("generation_config.json", { eos_token_id: [1, 2] });
    Deno.writeTextFileSync(join(directory, "chat_template.jinja"), "new");
    const { tokenizer, close } = await openCheckpoint(directory);
    assert.deepEqual(tokenizer, {
      tokenizer: { model: { type: "BPE" } },
      config: { eos_token: "<e>", chat_template: "new" },
      generation: { eos_token_id: [1, 2] },
    });
    close();
  }));

const faults: Record<string, { write: (directory: string) => void; expected: { name: string; message: RegExp } }> = {
  "a directory without config.json": {
    write: (directory) => writeSafetensors(join(directory, "model.safetensors"), { a: f32([1], [1]) }),
    expected: { name: "NotFound", message: /Cannot open .*config\.json as it must be an existing file: got none/ },
  },
  "a config.json that is cut off": {
    write: (directory) => Deno.writeTextFileSync(join(directory, "config.json"), '{"model_type": '),
    expected: { name: "SyntaxError", message: /Cannot read .*config\.json as it must be JSON: got / },
  },
  "a directory without weights": {
    write: (directory) => {
      writeConfig(directory);
      Deno.writeTextFileSync(join(directory, "pytorch_model.bin"), "");
    },
    expected: {
      name: "NotFound",
      message: /must have model\.safetensors or model\.safetensors\.index\.json: got config\.json, pytorch_model\.bin$/,
    },
  },
  "a directory with a GGUF file alone": {
    write: (directory) => {
      writeConfig(directory);
      Deno.writeTextFileSync(join(directory, "m.gguf"), "");
    },
    expected: { name: "NotFound", message: /to use the GGUF file, name it: .*m\.gguf$/ },
  },
  "an index that names a missing shard": {
    write: (directory) => {
      writeConfig(directory);
      writeIndex(directory, { a: "gone.safetensors" });
    },
    expected: { name: "NotFound", message: /Cannot open .*gone\.safetensors as it must be an existing file: got none/ },
  },
  "an index that names a file elsewhere": {
    write: (directory) => {
      writeConfig(directory);
      writeIndex(directory, { a: "../a.safetensors" });
    },
    expected: { name: "SyntaxError", message: /weight_map must map tensors to \.safetensors files beside it: got/ },
  },
  "an index that names a shard without the tensor": {
    write: (directory) => {
      writeConfig(directory);
      writeSafetensors(join(directory, "1.safetensors"), { a: f32([1], [1]) });
      writeIndex(directory, { b: "1.safetensors" });
    },
    expected: { name: "SyntaxError", message: /tensor b must be in 1\.safetensors: got a file without it/ },
  },
  "an index that names a tensor twice": {
    write: (directory) => {
      writeConfig(directory);
      writeSafetensors(join(directory, "1.safetensors"), { a: f32([1], [1]) });
      const twice = '{"weight_map": {"a": "1.safetensors", "a": "1.safetensors"}}';
      Deno.writeTextFileSync(join(directory, INDEX), twice);
    },
    expected: { name: "SyntaxError", message: /index\.json as its keys must be unique: got "a" twice/ },
  },
  "an index that leaves out a shard": {
    write: (directory) => {
      writeConfig(directory);
      writeSafetensors(join(directory, "model-00001-of-00003.safetensors"), { a: f32([1], [1]) });
      writeSafetensors(join(directory, "model-00003-of-00003.safetensors"), { b: f32([1], [1]) });
      writeIndex(directory, { a: "model-00001-of-00003.safetensors", b: "model-00003-of-00003.safetensors" });
    },
    expected: {
      name: "SyntaxError",
      message: /index\.json as weight_map must name every shard: got none of model-00002-of-00003\.safetensors$/,
    },
  },
  "a truncated shard": {
    write: (directory) => {
      writeConfig(directory);
      const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
      writeSafetensors(join(directory, names[0]), { a: f32([1], [1]) });
      writeSafetensors(join(directory, names[1]), { b: f32([4], [1, 2, 3, 4]) });
      writeIndex(directory, { a: names[0], b: names[1] });
      Deno.truncateSync(join(directory, names[1]), Deno.statSync(join(directory, names[1])).size - 1);
    },
    expected: {
      name: "SyntaxError",
      message: /model-00002-of-00002\.safetensors as its tensors must end at byte .*\(truncated\)/,
    },
  },
  "an empty shard": {
    write: (directory) => {
      writeConfig(directory);
      Deno.writeTextFileSync(join(directory, "1.safetensors"), "");
      writeIndex(directory, { a: "1.safetensors" });
    },
    expected: { name: "SyntaxError", message: /1\.safetensors as safetensors must start with an 8-byte length: got 0/ },
  },
  "a truncated model.safetensors": {
    write: (directory) => {
      writeModel(directory, { a: f32([4], [1, 2, 3, 4]) });
      const path = join(directory, "model.safetensors");
      Deno.truncateSync(path, Deno.statSync(path).size - 3);
    },
    expected: { name: "SyntaxError", message: /model\.safetensors as its tensors must end at byte .*\(truncated\)/ },
  },
};

for (const [fault, { write, expected }] of Object.entries(faults)) {
  Deno.test(`openCheckpoint() rejects ${fault}`, () =>
    inScratch(async (directory) => {
      write(directory);
      await assert.rejects(openCheckpoint(directory), expected);
    }));
}

Deno.test("openCheckpoint() rejects a path where nothing is", async () => {
  await assert.rejects(openCheckpoint("no/such/model"), {
    name: "NotFound",
    message:
      "Cannot open model no/such/model as it must be a directory, a .gguf file, or organization/name at the hub: got nothing",
  });
});

Deno.test("openCheckpoint() rejects a file of another kind", () =>
  inScratch(async (directory) => {
    const path = join(directory, "model.bin");
    Deno.writeTextFileSync(path, "x");
    await assert.rejects(openCheckpoint(path), { name: "TypeError", message: /must be a directory or a \.gguf file/ });
  }));

Deno.test("read() and readRows() reject a tensor that is not there, a row that is not, and a vector's rows", () =>
  inScratch(async (directory) => {
    writeModel(directory, { a: f32([2, 2], [1, 2, 3, 4]), v: f32([2], [1, 2]) });
    const checkpoint = await openCheckpoint(directory);
    await assert.rejects(checkpoint.read("b"), {
      name: "RangeError",
      message: /Cannot read tensor b as it must be in/,
    });
    await assert.rejects(checkpoint.readRows("b", [0]), { name: "RangeError", message: /Cannot read tensor b/ });
    for (const row of [2, -1, 0.5, NaN]) {
      await assert.rejects(checkpoint.readRows("a", [0, row]), {
        name: "RangeError",
        message: `Cannot read rows of a as a row must be one of 0 to 1: got ${row}`,
      });
    }
    await assert.rejects(checkpoint.readRows("v", [0]), {
      name: "TypeError",
      message: /must be \[rows, columns\]: got/,
    });
    checkpoint.close();
  }));

Deno.test("read() rejects a dtype that is no weight's", () =>
  inScratch(async (directory) => {
    writeModel(directory, { q: { dtype: "I32", shape: [2, 1], bytes: new Uint8Array(8) } });
    const checkpoint = await openCheckpoint(directory);
    const expected = {
      name: "SyntaxError",
      message: /tensor q in .* must be F32, F16, BF16, .* NF4 or FP4, GPTQ or AWQ: got I32/,
    };
    await assert.rejects(checkpoint.read("q"), expected);
    await assert.rejects(checkpoint.readRows("q", [0]), expected);
    checkpoint.close();
  }));

const bad: Record<string, { stored: Stored; index: number }> = {
  "NaN in f32": { stored: f32([2, 2], [1, 2, NaN, 4]), index: 2 },
  "-Infinity in f32": { stored: f32([2, 2], [1, 2, 3, -Infinity]), index: 3 },
  "NaN in f16": { stored: { dtype: "F16", shape: [1, 2], bytes: Uint8Array.of(0, 0x3c, 1, 0x7e) }, index: 1 },
  "Infinity in f16": { stored: { dtype: "F16", shape: [1, 2], bytes: Uint8Array.of(0, 0x7c, 0, 0) }, index: 0 },
  "NaN in bf16": { stored: { dtype: "BF16", shape: [1, 2], bytes: Uint8Array.of(0x80, 0x3f, 0xc0, 0x7f) }, index: 1 },
  "-Infinity in bf16": { stored: { dtype: "BF16", shape: [1, 2], bytes: Uint8Array.of(0x80, 0xff, 0, 0) }, index: 0 },
};

for (const [fault, { stored, index }] of Object.entries(bad)) {
  Deno.test(`read() and readRows() name file, tensor and place of ${fault}`, () =>
    inScratch(async (directory) => {
      writeModel(directory, { good: f32([1], [1]), w: stored });
      const checkpoint = await openCheckpoint(directory);
      await assert.rejects(checkpoint.read("w"), {
        name: "RangeError",
        message: new RegExp(
          `Cannot use tensor w in .*model\\.safetensors as every element must be finite: got NaN or Inf at ${index}$`,
        ),
      });
      await assert.rejects(
        checkpoint.readRows("w", stored.shape.map((_, i) => i).slice(0, stored.shape[0])),
        /tensor w/,
      );
      checkpoint.close();
    }));
}

Deno.test("read() accepts the largest and smallest finite numbers of each dtype", () =>
  inScratch(async (directory) => {
    writeModel(directory, {
      f32: f32([2], [3.4028234663852886e38, 1e-45]),
      f16: { dtype: "F16", shape: [2], bytes: Uint8Array.of(0xff, 0x7b, 1, 0x80) },
      bf16: { dtype: "BF16", shape: [2], bytes: Uint8Array.of(0x7f, 0x7f, 1, 0x80) },
    });
    const checkpoint = await openCheckpoint(directory);
    for (const name of ["f32", "f16", "bf16"]) assert.equal((await checkpoint.read(name)).kind, "dense");
    checkpoint.close();
  }));

Deno.test("a closed checkpoint does not read", () =>
  inScratch(async (directory) => {
    writeModel(directory, { a: f32([1], [1]) });
    const checkpoint = await openCheckpoint(directory);
    checkpoint.close();
    checkpoint.close();
    await assert.rejects(checkpoint.read("a"), /must be open: got a closed one/);
  }));
