import assert from "node:assert/strict";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createModelMeter } from "../../../src/model/run/model_meter.ts";
import type { ModelRuntime } from "../../../src/model/run/model_runtime.ts";
import { runProgram, startProgram } from "../../../src/model/run/run_program.ts";
import { MODEL } from "../../support/small_decoder.ts";

/** A runtime whose every program leaves these outputs. */
function runtimeOf(outputs: object): ModelRuntime {
  const executor = createReferenceExecutor();
  const program = { run: () => Promise.resolve({ outputs, gpuSeconds: 0.5 }) };
  const programs = { get: () => Promise.resolve(program) } as unknown as ModelRuntime["programs"];
  const embed = () => Promise.resolve(new Float32Array());
  return { decoder: MODEL, executor, programs, meter: createModelMeter(executor, MODEL.config), embed };
}

const RUN = {
  kind: "path",
  shape: {
    sequences: 1,
    prompt: 2,
    shared: 0,
    targets: 1,
    objective: "log-prob",
    wants: { tangent: true, gradient: "sequence" },
  },
  inputs: {},
  rows: { forward: 3, backward: 2, attended: 2, head: 3 },
  nameOf: (output: string) => `the path's ${output}`,
} as const;

const FINITE = { score: Float64Array.of(-1), tangent: undefined, gradient: [Float64Array.of(0, 2)] };

Deno.test("runProgram() returns finite outputs and counts its rows and seconds", async () => {
  const runtime = runtimeOf(FINITE);
  assert.deepEqual(await runProgram(runtime, RUN), FINITE);
  const { forwardRows, backwardRows, gpuSeconds } = runtime.meter;
  assert.deepEqual({ forwardRows, backwardRows, gpuSeconds }, { forwardRows: 3, backwardRows: 2, gpuSeconds: 0.5 });
});

const BROKEN = [
  { output: "score", broken: { ...FINITE, score: Float64Array.of(NaN) }, got: "NaN at 0" },
  {
    output: "gradient",
    broken: { ...FINITE, gradient: [...FINITE.gradient, Float64Array.of(0, -Infinity)] },
    got: "-Infinity at 1",
  },
];

for (const { output, broken, got } of BROKEN) {
  Deno.test(`runProgram() refuses a ${output} that is not finite`, () =>
    assert.rejects(runProgram(runtimeOf(broken), RUN), {
      name: "RangeError",
      message: `Cannot use the path's ${output} as every value must be finite: got ${got}`,
    }));
}

Deno.test("startProgram() returns before its outputs are there", async () => {
  const { outputs } = await startProgram(runtimeOf(FINITE), RUN);
  assert.ok(outputs instanceof Promise);
  assert.deepEqual(await outputs, FINITE);
});
