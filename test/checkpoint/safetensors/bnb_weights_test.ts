import assert from "node:assert/strict";
import { join } from "node:path";
import type { DenseTensor } from "../../../src/checkpoint/dense_tensor.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { openSafetensors } from "../../../src/checkpoint/safetensors/safetensors_file.ts";
import { dequantizeNf4, type Nf4Tensor } from "../../../src/quant/nf4.ts";
import { bytesOf, f32Of, goldenPath, readGolden, sha256Of } from "../../quant/golden.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { type Stored, writeConfig, writeSafetensors } from "../scratch.ts";

interface Packed {
  readonly shape: number[];
  readonly sha256: string;
  /** f32 values of row 1 */
  readonly row1: string;
}

interface Dense {
  readonly shape: number[];
  readonly dtype: string;
  readonly bytes: string;
  readonly f32: string;
}

const golden = readGolden<Record<string, Packed | Dense>>("bnb.json");
const NESTED = "model.layers.0.nested.weight";

for (const [name, expected] of Object.entries(golden)) {
  if ("sha256" in expected) {
    Deno.test(`read() of ${name} as bitsandbytes wrote it gives its NF4 matrix`, async () => {
      const checkpoint = await openCheckpoint(goldenPath("bnb"));
      const tensor = await checkpoint.read(name) as Nf4Tensor;
      assert.equal(tensor.kind, "nf4");
      assert.deepEqual(tensor.shape, expected.shape);
      assert.equal(await sha256Of(dequantizeNf4(tensor) as Float32Array<ArrayBuffer>), expected.sha256);
      assert.deepEqual(await checkpoint.readRows(name, [1]), f32Of(expected.row1));
      checkpoint.close();
    });
  } else {
    Deno.test(`read() of ${name} keeps its dtype and readRows() widens it`, async () => {
      const checkpoint = await openCheckpoint(goldenPath("bnb"));
      const tensor = await checkpoint.read(name) as DenseTensor;
      assert.deepEqual(tensor, {
        kind: "dense",
        dtype: expected.dtype,
        shape: expected.shape,
        data: bytesOf(expected.bytes),
      });
      const all = f32Of(expected.f32);
      const rows = await checkpoint.readRows(name, [2, 0, 2]);
      assert.deepEqual([...rows], [...all.slice(12, 18), ...all.slice(0, 6), ...all.slice(12, 18)]);
      checkpoint.close();
    });
  }
}

Deno.test("openCheckpoint() lists packed weights under their own names, formats and sizes", async () => {
  const checkpoint = await openCheckpoint(goldenPath("bnb"));
  assert.deepEqual([...checkpoint.tensors.keys()].sort(), Object.keys(golden).sort());
  const info = checkpoint.tensors.get(NESTED)!;
  assert.deepEqual(info.shape, [130, 136]);
  assert.equal(info.format, "NF4");
  // codes, 8-bit absmax of 277 blocks, two maps, two nested absmax, and the state's JSON
  assert.ok(info.bytes > 130 * 68 + 277 + 64 + 1024 + 8 && info.bytes < 130 * 68 + 277 + 64 + 1024 + 8 + 300);
  checkpoint.close();
});

/** The tensors of the golden directory, to be changed and written again. */
function storedTensors(): Record<string, Stored> {
  const { file, entries } = openSafetensors(join(goldenPath("bnb"), "model.safetensors"));
  const stored: Record<string, Stored> = {};
  for (const [name, { dtype, shape, offset, bytes }] of entries) {
    stored[name] = { dtype, shape, bytes: file.read(offset, bytes) };
  }
  file.close();
  return stored;
}

function withState(change: Record<string, unknown>): Record<string, Stored> {
  const tensors = storedTensors();
  const key = `${NESTED}.quant_state.bitsandbytes__nf4`;
  const state = JSON.parse(new TextDecoder().decode(tensors[key].bytes));
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, ...change }));
  return { ...tensors, [key]: { dtype: "U8", shape: [bytes.length], bytes } };
}

function renamedState(kind: string): Record<string, Stored> {
  const tensors = storedTensors();
  const key = `${NESTED}.quant_state.bitsandbytes__`;
  const { [`${key}nf4`]: state, ...rest } = tensors;
  return { ...rest, [key + kind]: state };
}

function without(suffix: string): Record<string, Stored> {
  const tensors = storedTensors();
  delete tensors[NESTED + suffix];
  return tensors;
}

function withChanged(suffix: string, change: (values: Float32Array) => void): Record<string, Stored> {
  const tensors = storedTensors();
  const { bytes } = tensors[NESTED + suffix];
  change(new Float32Array(bytes.buffer));
  return tensors;
}

const wrong: Record<string, { tensors: Record<string, Stored>; expected: RegExp }> = {
  "another quant_type": {
    tensors: withState({ quant_type: "fp4" }),
    expected:
      /Cannot read tensor model\.layers\.0\.nested\.weight in .*model\.safetensors as its quant_type must be nf4: got fp4/,
  },
  "a quant_state of neither kind": {
    tensors: renamedState("int4"),
    expected: /tensor model\.layers\.0\.nested\.weight in .* as its quant_state must be of nf4 or fp4: got int4/,
  },
  "a quant_state of FP4 that says NF4": {
    tensors: renamedState("fp4"),
    expected: /its quant_type must be fp4: got nf4/,
  },
  "another blocksize": {
    tensors: withState({ blocksize: 128 }),
    expected: /its blocksize must be 64: got 128/,
  },
  "another nested_blocksize": {
    tensors: withState({ nested_blocksize: 4096 }),
    expected: /nested_blocksize must be 256: got 4096/,
  },
  "no nested_offset": {
    tensors: withState({ nested_offset: undefined }),
    expected: /nested_offset must be a number: got nothing/,
  },
  "a shape that is no matrix": {
    tensors: withState({ shape: [17680] }),
    expected: /its shape must be \[out, in\]: got \[17680\]/,
  },
  "a shape of another size": {
    tensors: withState({ shape: [130, 137] }),
    expected: /NF4 \[130,137\] must take 8905 bytes: got 8840/,
  },
  "another quant_map": {
    tensors: withChanged(".quant_map", (map) => map[3] = -0.4),
    expected: /quant_map\[3\] must be NF4's -0\.394917\d+: got -0\.4000000059604645/,
  },
  "no quant_map": {
    tensors: without(".quant_map"),
    expected: /it must have model\.layers\.0\.nested\.weight\.quant_map: got none/,
  },
  "no absmax": {
    tensors: without(".absmax"),
    expected: /it must have model\.layers\.0\.nested\.weight\.absmax: got none/,
  },
  "8-bit absmax without nested_absmax": {
    tensors: without(".nested_absmax"),
    expected: /nested\.weight\.absmax in .* as it must be F32 \[277\]: got U8 \[277\]/,
  },
};

for (const [fault, { tensors, expected }] of Object.entries(wrong)) {
  Deno.test(`a packed weight with ${fault} is rejected with file and tensor`, () =>
    inScratch(async (directory) => {
      writeConfig(directory);
      writeSafetensors(join(directory, "model.safetensors"), tensors);
      await assert.rejects(async () => {
        const checkpoint = await openCheckpoint(directory);
        try {
          await checkpoint.read(NESTED);
        } finally {
          checkpoint.close();
        }
      }, { name: "SyntaxError", message: expected });
    }));
}

Deno.test("read() names file and tensor where a packed weight's absmax is NaN", () =>
  inScratch(async (directory) => {
    writeConfig(directory);
    const tensors = withChanged(".nested_absmax", (absmax) => absmax[1] = NaN);
    writeSafetensors(join(directory, "model.safetensors"), tensors);
    const checkpoint = await openCheckpoint(directory);
    await assert.rejects(checkpoint.read(NESTED), {
      name: "RangeError",
      message:
        /Cannot use absmax of tensor model\.layers\.0\.nested\.weight in .*model\.safetensors as every element must be finite: got NaN or Inf at 256/,
    });
    checkpoint.close();
  }));

const unreadable: Record<string, { config: unknown; expected: RegExp }> = {
  "bitsandbytes' 8 bits": {
    config: { quant_method: "bitsandbytes", load_in_8bit: true, load_in_4bit: false },
    expected: /Cannot read .*config\.json as bitsandbytes weights must be in 4 bits: got load_in_8bit/,
  },
  "8 bits as older transformers state them": {
    config: { load_in_8bit: true },
    expected: /bitsandbytes weights must be in 4 bits: got load_in_8bit/,
  },
  "an unknown method": {
    config: { quant_method: "hqq" },
    expected: /config\.json as quantization_config\.quant_method must be one of bitsandbytes.*: got hqq/,
  },
  "no method": { config: { bits: 4 }, expected: /quant_method must be one of .*: got none/ },
  "no object": { config: "nf4", expected: /quantization_config must be an object: got nf4/ },
};

for (const [what, { config, expected }] of Object.entries(unreadable)) {
  Deno.test(`openCheckpoint() rejects a quantization_config of ${what}`, () =>
    inScratch(async (directory) => {
      writeConfig(directory, { quantization_config: config });
      writeSafetensors(join(directory, "model.safetensors"), storedTensors());
      await assert.rejects(openCheckpoint(directory), { name: "SyntaxError", message: expected });
    }));
}
