import assert from "node:assert/strict";
import type { Checkpoint } from "../../../src/checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { exactValues } from "../exact_values.ts";
import { f32Of, readGolden, sha256Of } from "../../quant/golden.ts";

/** Values of test/golden/quant.py: a GGUF file as transformers reads it. */
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
        const tensor = await checkpoint.read(name);
        assert.deepEqual(tensor.shape, expected.shape);
        const values = await exactValues(checkpoint, tensor, name);
        assert.equal(await sha256Of(values), expected.sha256);
        if (expected.row1 === undefined) return;
        const columns = expected.shape[1];
        const rows = await checkpoint.readRows(name, [1, 0]);
        assert.deepEqual(rows.slice(0, 8), f32Of(expected.row1));
        assert.deepEqual(rows.slice(columns), values.slice(0, columns));
      }));
  }
}
