import assert from "node:assert/strict";
import type { Checkpoint, DenseTensor } from "../../src/checkpoint/checkpoint.ts";
import { widenDense } from "../../src/checkpoint/dense.ts";
import { openCheckpoint } from "../../src/checkpoint/open.ts";
import { f32Of, readGolden, sha256Of } from "../quant/golden.ts";
import { dequantizeQ8_0, type Q8Tensor } from "../../src/quant/q8_0.ts";

/** What test/golden/quant.py froze of a GGUF file as transformers reads it. */
interface GgufGolden {
  readonly config: Record<string, unknown>;
  readonly tensors: Record<string, {
    readonly shape: number[];
    /** Of the f32 values. */
    readonly sha256: string;
    /** First values of row 1 of a matrix. */
    readonly row1?: string;
  }>;
}

/** Registers the tests that hold a GGUF file against what transformers makes of it. */
export function testGguf(label: string, path: string, golden: string): void {
  const { config, tensors } = readGolden<GgufGolden>(golden);

  const withCheckpoint = async (body: (checkpoint: Checkpoint) => Promise<void> | void) => {
    const checkpoint = await openCheckpoint(path);
    try {
      await body(checkpoint);
    } finally {
      checkpoint.close();
    }
  };

  Deno.test(`${label} gives the configuration that transformers derives`, () =>
    withCheckpoint((checkpoint) => {
      for (const [key, value] of Object.entries(config)) assert.equal(checkpoint.config[key], value, key);
      assert.deepEqual(checkpoint.config.architectures, ["LlamaForCausalLM"]);
    }));

  for (const [name, expected] of Object.entries(tensors)) {
    Deno.test(`${label} gives transformers' bits for ${name}`, () =>
      withCheckpoint(async (checkpoint) => {
        const tensor = await checkpoint.read(name) as DenseTensor | Q8Tensor;
        assert.deepEqual(tensor.shape, expected.shape);
        const values = tensor.kind === "q8_0" ? dequantizeQ8_0(tensor) : widenDense(tensor.dtype, tensor.data);
        assert.equal(await sha256Of(values as Float32Array<ArrayBuffer>), expected.sha256);
        if (expected.row1 === undefined) return;
        const columns = expected.shape[1];
        const rows = await checkpoint.readRows(name, [1, 0]);
        assert.deepEqual(rows.slice(0, 8), f32Of(expected.row1));
        assert.deepEqual(rows.slice(columns), values.slice(0, columns));
      }));
  }
}
