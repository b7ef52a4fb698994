import assert from "node:assert/strict";
import { GpuError } from "../../src/gpu/gpu_error.ts";
import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { add } from "../../src/ops/block/add.ts";
import { bytesOfArray } from "../../src/ops/formats/storage_format.ts";
import type { Op } from "../../src/ops/op.ts";
import { withOpenedDevices } from "../support/opened_devices.ts";
import { withSubmissions } from "../support/submissions.ts";

/** `add` with launches that say that they take a tenth of a second each. */
const longAdd: Op<Record<never, never>> = {
  ...add,
  name: "longAdd",
  kernels: (context) => add.kernels(context).map((dispatch) => ({ ...dispatch, work: 1e9 })),
};

/** y = 2⁵ x in five launches, with y₂ = 2² x on the way. */
function doublings() {
  const g = trace();
  const x = g.input("x", { shape: [2, 3], dtype: "f32" });
  const values = [x];
  for (let i = 0; i < 5; i++) values.push(g.emit(longAdd, {}, [values[i], values[i]])[0]);
  return g.finish({ y: values[5], y2: values[2] });
}

const X = Float32Array.of(1, 2, 3, 4, 5, -0.5);
const LOST = /^Cannot use the GPU as its device must stay open: it was lost/;

/** Runs `body` with an executor and its device. */
async function withExecutor(body: (executor: Executor, device: GPUDevice) => Promise<void>): Promise<void> {
  await withOpenedDevices(async (devices) => {
    const executor = await createWebGpuExecutor();
    try {
      await body(executor, devices[0]);
    } finally {
      executor.close();
    }
  });
}

Deno.test("a program runs in as many submissions as its work takes, with the results of one", () =>
  withExecutor(async (executor) => {
    const program = await executor.compile(doublings());
    const counts: number[] = [];
    for (let run = 0; run < 4; run++) {
      counts.push(
        await withSubmissions(() => true, async () => {
          const { outputs: { y, y2 } } = await program.run({ x: X });
          assert.deepEqual([...y], [...X].map((value) => 32 * value));
          assert.deepEqual([...y2], [...X].map((value) => 4 * value));
        }),
      );
    }
    assert.ok(counts[0] >= 5 && counts[3] === 1, `${counts}`);
  }));

Deno.test("a program whose second submission is dropped gives no results", () =>
  withExecutor(async (executor) => {
    const program = await executor.compile(doublings());
    await withSubmissions((call) => call !== 1, () =>
      assert.rejects(program.run({ x: X }), (error: Error) => {
        assert.ok(error instanceof GpuError);
        assert.match(
          error.message,
          /^Cannot use the results of the GPU as it must do each part of a run: got 4 of 5\./,
        );
        return true;
      }));
    await assert.rejects(program.run({ x: X }), GpuError);
    await assert.rejects(executor.compile(doublings()), GpuError);
  }));

Deno.test("a program fails with a GpuError if the device is lost before, during and after a run", () =>
  withExecutor(async (executor, device) => {
    const program = await executor.compile(doublings());
    await program.run({ x: X });
    const runs = [program.run({ x: X }), program.run({})];
    device.destroy();
    const weight = { name: "w", rows: 1, columns: 8 };
    const segment = { format: "f32" as const, rows: 1, data: bytesOfArray(new Float32Array(8)) };
    const calls = [
      ...runs.map((run) => () => run),
      () => program.run({ x: X }),
      () => program.profile(),
      () => executor.compile(doublings()),
      () => executor.upload(weight, [segment]),
    ];
    for (const call of calls) {
      await assert.rejects(async () => await call(), (error: Error) => {
        assert.ok(error instanceof GpuError);
        assert.match(error.message, LOST);
        return true;
      });
    }
    program.dispose();
  }));
