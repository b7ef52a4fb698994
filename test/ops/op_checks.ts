import assert from "node:assert/strict";
import { createCpuExecutor } from "../../src/graph/cpu_executor.ts";
import { pullBack, pushForward } from "../../src/graph/differentiate.ts";
import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { elements } from "../../src/ops/op.ts";
import { type OpName, OPS } from "../../src/ops/op_table.ts";
import { assertClose } from "../support/closeness.ts";
import { asHardware } from "../support/as_hardware.ts";
import { inputData, type OpCase, runOp, uploadWeights } from "../support/op_case.ts";
import { randomValues } from "../support/random.ts";

// f32 sums of up to a hundred terms of size 1.
const KERNEL_TOLERANCE = { absolute: 1e-6, relative: 1e-5 };

/** Tests the kernels of each case against the f64 reference. */
export function testKernels(cases: readonly OpCase[]): void {
  for (const one of cases) {
    Deno.test(`kernel of ${one.title} matches the f64 reference`, () => checkOn(createWebGpuExecutor, one));
  }
}

/** Tests the kernels that a GPU gets, which this adapter runs as if it were one, against the f64 reference. */
export function testHardwareKernels(cases: readonly OpCase[]): void {
  const create = () => asHardware(createWebGpuExecutor);
  for (const one of cases) {
    Deno.test(`kernels of ${one.title} on a GPU match the f64 reference`, () => checkOn(create, one));
  }
}

/** Tests the ONNX operators of each case against the f64 reference. */
export function testLowering(cases: readonly OpCase[]): void {
  for (const one of cases) {
    Deno.test(`${one.title} in ONNX operators matches the f64 reference`, () => checkOn(createCpuExecutor, one));
  }
}

async function checkOn(create: () => Promise<Executor>, one: OpCase): Promise<void> {
  const executor = await create();
  try {
    const expected = await runOp(createReferenceExecutor(), one);
    const actual = await runOp(executor, one);
    expected.forEach((values, i) => assertClose(actual[i], values, KERNEL_TOLERANCE, `output ${i}`));
  } finally {
    executor.close();
  }
}

// Inputs come as f32, so a step must be exact in f32: a power of two, with an error of its square.
export const STEP = 2 ** -10;
export const TOLERANCE = { absolute: 1e-5, relative: 1e-5 };

/** Values of the first output with in0 moved by factor · direction. */
async function moved(one: OpCase, direction: Float32Array, factor: number): Promise<Float64Array> {
  const base = inputData(one).in0;
  const data = { ...one.data, 0: base.map((value, i) => value + factor * direction[i]) as Float32Array<ArrayBuffer> };
  return (await runOp(createReferenceExecutor(), { ...one, data }))[0];
}

/** Multiples of 2⁻¹⁰ below 1, and inputs rounded alike, so that x ± h·d is exact in f32. */
export function coarse(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => Math.round(value * 1024) / 1024);
}

/** Tests forward and reverse mode of each case that has derivatives. */
export function testDerivatives(cases: readonly OpCase[]): void {
  for (const one of cases.filter(({ op }) => OPS[op].vjp !== null)) {
    const exact: OpCase = { ...one, data: { ...one.data, 0: coarse(inputData(one).in0 as Float32Array) } };

    Deno.test(`forward mode of ${one.title} equals central differences`, async () => {
      const direction = coarse(randomValues(elements(one.inputs[0]), 77));
      const { tangent } = await derivatives(exact, direction);
      const [ahead, behind] = [await moved(exact, direction, STEP), await moved(exact, direction, -STEP)];
      assertClose(tangent, ahead.map((value, i) => (value - behind[i]) / (2 * STEP)), TOLERANCE);
    });

    Deno.test(`reverse mode of ${one.title} is the transpose of forward mode`, async () => {
      const direction = coarse(randomValues(elements(one.inputs[0]), 78));
      const { tangent, gradient, cotangent } = await derivatives(exact, direction);
      const forward = tangent.reduce((sum, value, i) => sum + value * cotangent[i], 0);
      const reverse = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      assert.ok(Math.abs(forward - reverse) <= 1e-12 * (1 + Math.abs(forward)), `${forward} and ${reverse}`);
    });
  }
}

/** JVP along `direction` and VJP of a random cotangent of the op's first output with respect to its first input. */
async function derivatives(one: OpCase, direction: Float32Array<ArrayBuffer>) {
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const [output] = g.emit(one.op as OpName, one.attributes as never, inputs);
  const tangent = pushForward(g, inputs[0], g.input("direction", one.inputs[0]), output);
  const [gradient] = pullBack(g, output, [g.input("cotangent", output)], inputs[0]);
  const executor = createReferenceExecutor();
  await uploadWeights(executor, one.weights);
  const cotangent = randomValues(elements(output), 79);
  const program = await executor.compile(g.finish({ tangent, gradient }));
  const { outputs } = await program.run({ ...inputData(one), direction, cotangent });
  return { ...outputs, cotangent };
}
