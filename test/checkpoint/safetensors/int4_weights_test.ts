import assert from "node:assert/strict";
import { join } from "node:path";
import type { Tensor } from "../../../src/checkpoint/tensor.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { openSafetensors } from "../../../src/checkpoint/safetensors/safetensors_file.ts";
import { goldenPath } from "../../quant/golden.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { f32, type Stored, writeConfig, writeSafetensors } from "../scratch.ts";

type Keys = Record<string, unknown>;

/** A directory of test/golden/quant/models, to be changed and written again. */
interface Model {
  quantization: Keys | undefined;
  readonly tensors: Record<string, Stored>;
}

const MODULE = "model.layers.0.self_attn.q_proj";
const WEIGHT = `${MODULE}.weight`;

function golden(name: string): Model {
  const directory = goldenPath(`models/${name}`);
  const { quantization_config } = JSON.parse(Deno.readTextFileSync(join(directory, "config.json")));
  const { file, entries } = openSafetensors(join(directory, "model.safetensors"));
  const tensors: Record<string, Stored> = {};
  for (const [key, { dtype, shape, offset, bytes }] of entries) {
    tensors[key] = { dtype, shape, bytes: file.read(offset, bytes) };
  }
  file.close();
  return { quantization: quantization_config, tensors };
}

async function readWeight({ quantization, tensors }: Model): Promise<void> {
  await inScratch(async (directory) => {
    writeConfig(directory, { quantization_config: quantization });
    writeSafetensors(join(directory, "model.safetensors"), tensors);
    const checkpoint = await openCheckpoint(directory);
    try {
      await checkpoint.read(WEIGHT);
    } finally {
      checkpoint.close();
    }
  });
}

function reshape(tensors: Record<string, Stored>, suffix: string, change: Partial<Stored>): void {
  tensors[MODULE + suffix] = { ...tensors[MODULE + suffix], ...change };
}

const wrong: Record<string, { from: string; change: (model: Model) => void; expected: RegExp }> = {
  "no quantization_config": {
    from: "gptq",
    change: (model) => model.quantization = undefined,
    expected: /config\.json as .*quant_method must be gptq or awq, as there is .*\.qweight: got none/,
  },
  "bitsandbytes' config": {
    from: "gptq",
    change: (model) => model.quantization = { quant_method: "bitsandbytes", load_in_4bit: true },
    expected: /must be gptq or awq, as there is .*\.qweight: got bitsandbytes/,
  },
  "a config without its tensors": {
    from: "awq",
    change: ({ tensors }) => {
      for (const key of Object.keys(tensors)) if (key.endsWith(".qweight")) delete tensors[key];
    },
    expected: /config\.json as a model with quant_method awq must have tensors named \*\.qweight: got none/,
  },
  "8 bits": {
    from: "gptq",
    change: ({ quantization }) => quantization!.bits = 8,
    expected: /config\.json as GPTQ's bits must be 4: got 8/,
  },
  "AWQ in 3 bits": {
    from: "awq",
    change: ({ quantization }) => quantization!.bits = 3,
    expected: /config\.json as AWQ's bits must be 4: got 3/,
  },
  "marlin's layout": {
    from: "gptq",
    change: ({ quantization }) => quantization!.checkpoint_format = "marlin",
    expected: /a GPTQ checkpoint_format must be gptq or gptq_v2: got marlin/,
  },
  "marlin's layout as older files state it": {
    from: "gptq",
    change: ({ quantization }) => quantization!.is_marlin_format = true,
    expected: /a GPTQ checkpoint_format must be gptq or gptq_v2: got marlin/,
  },
  "AWQ's gemv layout": {
    from: "awq",
    change: ({ quantization }) => quantization!.version = "gemv",
    expected: /AWQ's version must be gemm: got gemv/,
  },
  "a group size of 0": {
    from: "gptq",
    change: ({ quantization }) => quantization!.group_size = 0,
    expected: /quantization_config\.group_size must be -1 or a number of inputs: got 0/,
  },
  "no group size": {
    from: "awq",
    change: ({ quantization }) => delete quantization!.group_size,
    expected: /quantization_config\.group_size must be -1 or a number of inputs: got none/,
  },
  "another group size than the scales'": {
    from: "gptq",
    change: ({ quantization }) => quantization!.group_size = 64,
    expected: /\.qzeros in .*model\.safetensors as it must be I32 \[(\d),\d+\]: got I32 \[(?!\1)\d,\d+\]/,
  },
  "no scales": {
    from: "gptq",
    change: ({ tensors }) => delete tensors[`${MODULE}.scales`],
    expected: /tensor .*q_proj\.weight in .* as it must have .*q_proj\.scales: got none/,
  },
  "codes that are no words": {
    from: "gptq",
    change: ({ tensors }) => reshape(tensors, ".qweight", { dtype: "F32" }),
    expected: /q_proj\.qweight in .* as it must be a matrix in I32: got F32 \[8,64\]/,
  },
  "codes that are no matrix": {
    from: "awq",
    change: ({ tensors }) => reshape(tensors, ".qweight", { shape: [512] }),
    expected: /q_proj\.qweight in .* as it must be a matrix in I32: got I32 \[512\]/,
  },
  "scales in whole numbers": {
    from: "awq",
    change: ({ tensors }) => reshape(tensors, ".scales", { dtype: "I16" }),
    expected: /q_proj\.scales in .* as it must be F32 or F16 or BF16 \[2,64\]: got I16 \[2,64\]/,
  },
  "8-bit codes under a 4-bit config": {
    from: "gptq",
    change: ({ tensors }) => {
      reshape(tensors, ".qweight", { shape: [16, 64], bytes: new Uint8Array(16 * 64 * 4) });
      reshape(tensors, ".qzeros", { dtype: "I32", shape: [2, 16], bytes: new Uint8Array(2 * 16 * 4) });
    },
    expected: /q_proj\.qzeros in .* as it must be I32 \[4,8\]: got I32 \[2,16\]/,
  },
  "an index of another length": {
    from: "gptq_v2",
    change: ({ tensors }) => reshape(tensors, ".g_idx", { shape: [32], bytes: new Uint8Array(128) }),
    expected: /q_proj\.g_idx in .* as it must be I32 \[64\]: got I32 \[32\]/,
  },
  "an index beyond the groups": {
    from: "gptq",
    change: ({ tensors }) => tensors[`${MODULE}.g_idx`].bytes[4] = 9,
    expected: /q_proj\.g_idx in .* as a group must be one of 0 to 1: got 9/,
  },
  "a negative index": {
    from: "gptq",
    change: ({ tensors }) => tensors[`${MODULE}.g_idx`].bytes.fill(255, 0, 4),
    expected: /q_proj\.g_idx in .* as a group must be one of 0 to 1: got -1/,
  },
  "an index of zeros": {
    from: "gptq",
    change: ({ tensors }) => tensors[`${MODULE}.g_idx`].bytes.fill(0),
    expected: /q_proj\.g_idx in .* as each of 2 groups must have inputs: got 1 that have/,
  },
  "a dense weight beside the codes": {
    from: "awq",
    change: ({ tensors }) => tensors[WEIGHT] = f32([1, 1], [1]),
    expected: /q_proj\.weight in .* as there must be \.qweight or \.weight of it: got both/,
  },
};

for (const [fault, { from, change, expected }] of Object.entries(wrong)) {
  Deno.test(`a ${from} model with ${fault} is rejected with what is wrong`, async () => {
    const model = golden(from);
    change(model);
    await assert.rejects(readWeight(model), { name: "SyntaxError", message: expected });
  });
}

Deno.test("read() names file and tensor where a GPTQ scale is not finite", async () => {
  const model = golden("gptq");
  new DataView(model.tensors[`${MODULE}.scales`].bytes.buffer).setUint16(0, 0x7c00, true);
  await assert.rejects(readWeight(model), {
    name: "RangeError",
    message: /Cannot use scales of tensor .*q_proj\.weight in .*model\.safetensors as every element must be finite/,
  });
});

Deno.test("a GPTQ model without g_idx has its groups one after another", async () => {
  const model = golden("gptq");
  const read = async (tensors: Record<string, Stored>) => {
    let weight: Tensor | undefined;
    await inScratch(async (directory) => {
      writeConfig(directory, { quantization_config: model.quantization });
      writeSafetensors(join(directory, "model.safetensors"), tensors);
      const checkpoint = await openCheckpoint(directory);
      weight = await checkpoint.read(WEIGHT);
      checkpoint.close();
    });
    return weight;
  };
  const { [`${MODULE}.g_idx`]: _, ...rest } = model.tensors;
  const expected = await read(model.tensors);
  assert.equal(expected?.kind, "int4");
  assert.deepEqual(await read(rest), expected);
});
