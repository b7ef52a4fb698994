import assert from "node:assert/strict";
import { createCpuExecutor } from "../../../src/graph/cpu_executor.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { bytesOfArray, type StorageFormat } from "../../../src/ops/formats/storage_format.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import { runOnWeight } from "../../support/weight_run.ts";

const ELEMENT = `
@group(0) @binding(1) var<storage, read> weight: array<u32>;

fn weight_at(index: u32) -> f32 {
  return f32(i32(weight[index / 4u] << (24u - index % 4u * 8u)) >> 24u) / 64.0f;
}
`;
const OCTET = `
@group(0) @binding(1) var<storage, read> weight: array<vec4<u32>>;
alias Scale = f32;

fn octet_prepare(lane: u32) {}

fn octet_scale(index: u32) -> Scale {
  return 1.0f;
}

fn quad(word: u32) -> vec4f {
  return vec4f(vec4<i32>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) / 64.0f;
}

fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  let words = weight[index / 2u];
  let own = select(words.xy, words.zw, index % 2u == 1u);
  return mat2x4f(quad(own.x), quad(own.y));
}
`;

/** Signed bytes of 1/64 each: all that a format is, but its row of the table. */
const sixtyFourths: StorageFormat = {
  layout: { bits: 8, block: null, perBlock: 0 },
  readers: { element: [ELEMENT], octet: [OCTET], packed: [OCTET] },
  rowsAlone: 8,
  dequantize({ data }, _shape, values = new Float32Array(data.length)) {
    new Int8Array(data.slice().buffer).forEach((code, i) => values[i] = code / 64);
    return values;
  },
  sample: (values) => ({ data: bytesOfArray(Int8Array.from(values, (value) => Math.round(value * 64))) }),
};

Deno.test("a format is a file and a row: every device reads a new one, in whole octets or not, in one binding or several, expanded or as it is", async () => {
  const format = "sixty_fourths" as WeightFormat;
  const table = FORMATS as Record<WeightFormat, StorageFormat>;
  table[format] = sixtyFourths;
  try {
    for (const [rows, columns] of [[127, 128], [126, 70]]) {
      const stored = sixtyFourths.sample(Float32Array.from(randomValues(rows * columns, 1)), [rows, columns]);
      const run = [{ name: "w", rows, columns }, [{ format, rows, ...stored }], [0, 64, rows - 1]] as const;
      const expected = await runOnWeight(createReferenceExecutor(), ...run);
      const executors = [
        ...[2 ** 20, 64 * columns].map((maxStorageBufferBindingSize) =>
          createWebGpuExecutor(undefined, { maxStorageBufferBindingSize })
        ),
        ...[Infinity, 0].map((room) => createCpuExecutor({ room })),
      ];
      for (const executor of executors) {
        const actual = await runOnWeight(await executor, ...run);
        assert.equal(actual.length, expected.length);
        expected.forEach((values, i) => {
          assertClose(actual[i], values, { absolute: 1e-5, relative: 1e-6 }, `result ${i} of ${columns} columns`);
        });
      }
    }
  } finally {
    delete (table as Partial<typeof table>)[format];
  }
});
