import assert from "node:assert/strict";
import { createCpuExecutor } from "../../../src/graph/cpu_executor.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import type { WeightSegment } from "../../../src/ops/formats/weight.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import { runOnWeight } from "../../support/weight_run.ts";
import { WEIGHT_FORMATS } from "./weight_formats.ts";

/** Random rows of one format after another. */
function segmentsOf(parts: readonly (readonly [WeightFormat, rows: number])[], columns: number): WeightSegment[] {
  return parts.map(([format, rows], i) => {
    const values = Float32Array.from(randomValues(rows * columns, 7 + i));
    return { format, rows, ...FORMATS[format].sample(values, [rows, columns]) };
  });
}

/** Runs each op that reads a weight, on the CPU with room for its values or none, and holds it to the reference. */
async function check(parts: Parameters<typeof segmentsOf>[0], columns: number): Promise<void> {
  const rows = parts.reduce((sum, [, own]) => sum + own, 0);
  const run = [{ name: "w", rows, columns }, segmentsOf(parts, columns), [0, rows - 1, 2]] as const;
  const expected = await runOnWeight(createReferenceExecutor(), ...run);
  for (const room of [Infinity, 0]) {
    const cpu = await createCpuExecutor({ room });
    // A weight of a shape of its own would be kept as values.
    await cpu.upload({ ...run[0], name: "other" }, run[1]);
    const actual = await runOnWeight(cpu, ...run);
    expected.forEach((values, i) =>
      assertClose(actual[i], values, { absolute: 1e-5, relative: 1e-6 }, `result ${i}, room ${room}`)
    );
    // Rows of the weight are its values to the bit.
    assert.deepEqual(actual[3], expected[3], `rows, room ${room}`);
  }
}

for (const format of WEIGHT_FORMATS) {
  for (const [rows, columns] of [[45, 70], [83, 192], [3, 4], [131, 264], [70, 33], [84, 64]]) {
    Deno.test(`products and rows of ${format} [${rows}, ${columns}] on the CPU match the reference`, () =>
      check([[format, rows]], columns));
  }
  Deno.test(`products of stacked parts of ${format} on the CPU match the reference`, () =>
    check([[format, 32], [format, 64], [format, 9]], 128));
}

Deno.test("products of parts in different formats on the CPU match the reference", () =>
  check([["nf4", 10], ["f32", 7], ["bf16", 5], ["int4_32", 6]], 64));
