import assert from "node:assert/strict";
import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { forwardKernel, transposedKernel } from "../../../src/ops/product/product_kernels.ts";

/** naga takes 15 ms for as much in functions of a few hundred statements; 120 kB in one took it half a second. */
const MOST_KILOBYTES = 45;

for (const format of Object.keys(FORMATS) as WeightFormat[]) {
  Deno.test(`forwardKernel() and transposedKernel() of ${format} have less than ${MOST_KILOBYTES} kB of WGSL`, () => {
    const product = {
      w: { columns: 576 },
      segment: { format },
      rows: 2048,
      count: 576,
      subgroups: true,
      software: true,
    };
    for (
      const { kernel: { code, label } } of [
        forwardKernel(product, true, false),
        transposedKernel(product, true, false),
        transposedKernel(product, false, false),
      ]
    ) assert.ok(code.length < 1000 * MOST_KILOBYTES, `${label}: ${code.length} characters`);
  });
}

Deno.test("forwardKernel() is the same for a batch of 31 rows and of 480, so that small batches share a pipeline", () => {
  const product = {
    w: { columns: 576 },
    segment: { format: "nf4" as const },
    count: 576,
    subgroups: true,
    software: true,
  };
  const [few, more] = [31, 480].map((rows) => forwardKernel({ ...product, rows }, false, false).kernel);
  assert.equal(few.code, more.code);
});
