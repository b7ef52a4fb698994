import assert from "node:assert/strict";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { type OpName, OPS } from "../../src/ops/table.ts";
import { assertClose } from "../support/closeness.ts";
import { runOp } from "../support/op_case.ts";
import { CASES } from "./cases.ts";

// f32 sums of up to a hundred terms of size 1.
const TOLERANCE = { absolute: 1e-6, relative: 1e-5 };

for (const one of CASES) {
  Deno.test(`kernel of ${one.title} matches the f64 reference`, async () => {
    const gpu = await createWebGpuExecutor();
    try {
      const expected = await runOp(createReferenceExecutor(), one);
      const actual = await runOp(gpu, one);
      expected.forEach((values, i) => assertClose(actual[i], values, TOLERANCE, `output ${i}`));
    } finally {
      gpu.close();
    }
  });
}

Deno.test("every op but the matrix products has a case", () => {
  const covered = new Set<OpName>([...CASES.map((one) => one.op), "linear", "linearTransposed"]);
  assert.deepEqual(Object.keys(OPS).filter((op) => !covered.has(op as OpName)), []);
});
