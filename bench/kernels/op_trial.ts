import assert from "node:assert/strict";
import { type Allocator, createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { PipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, type Pass, wholeBuffer } from "../../src/gpu/pass.ts";
import { uploadWeight } from "../../src/graph/gpu_weights.ts";
import { FORMATS } from "../../src/ops/formats/format_table.ts";
import { bytesOfArray } from "../../src/ops/formats/storage_format.ts";
import type { ReferenceWeight } from "../../src/ops/formats/weight.ts";
import { elements, type ValueType } from "../../src/ops/op.ts";
import { type OpName, OPS } from "../../src/ops/op_table.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";
import { sample } from "../../src/ops/formats/sample_weight.ts";

/** A bf16 or f32 weight with rows of few random ones, over and over. */
export interface TrialWeight {
  readonly name: string;
  readonly format: "bf16" | "f32";
  readonly rows: number;
  readonly columns: number;
}

/** One op at sizes that `rows` determines. */
export interface OpTrial {
  readonly op: OpName;
  attributes(vocabulary: number): unknown;
  inputs(rows: number): readonly ValueType[];
  /** Sizes at which it is checked, small enough for the f64 reference, and timed. */
  readonly checked: { readonly rows: number; readonly vocabulary: number };
  readonly timed: { readonly rows: number; readonly vocabulary: number };
  weight(vocabulary: number): TrialWeight | null;
  /** In place of random values in [−1, 1), by the index of the input. */
  readonly data?: Readonly<Record<number, (vocabulary: number) => number>>;
}

/** Of |result − reference|, absolute for values of size 1 and relative beyond: f32 against f64. */
const TOLERANCE = 2e-5;
// Rows of a weight that differ; more would take long to make and change nothing.
const DISTINCT = 509;

async function make(gpu: Gpu, allocator: Allocator, trial: OpTrial, rows: number, vocabulary: number) {
  const attributes = trial.attributes(vocabulary);
  const inputTypes = trial.inputs(rows);
  const outputTypes = OPS[trial.op].types(attributes, inputTypes);
  const inputs = inputTypes.map((type, i) =>
    type.dtype === "u32"
      ? Uint32Array.from({ length: elements(type) }, (_, k) => (7919 * k + 1) % vocabulary)
      : valuesOf(trial, i, elements(type), vocabulary)
  );
  const info = trial.weight(vocabulary);
  const onGpu = info && await uploadWeight(gpu, allocator, info, [{
    format: info.format,
    rows: info.rows,
    data: new Uint8Array(repeated(storedRows(info).data, info.rows / DISTINCT)),
  }]);
  const empty = (count: number) => wholeBuffer(allocator.create("empty", count * 4, STORAGE));
  const outputs = outputTypes.map((type) => empty(elements(type)));
  const dispatches = OPS[trial.op].kernels({
    attributes,
    inputs: inputs.map((data) => wholeBuffer(upload(gpu, allocator, data))),
    inputTypes,
    outputs,
    outputTypes,
    scratch: (OPS[trial.op].scratch?.(attributes, inputTypes, { ...gpu.features, software: gpu.software }) ?? []).map(
      empty,
    ),
    subgroups: gpu.features.subgroups,
    software: gpu.software,
    weight: () => onGpu ?? assert.fail(`${trial.op} has no weight`),
  });
  const reference = () =>
    OPS[trial.op].reference({
      attributes,
      inputs: inputs.map((data) => Float64Array.from(data)),
      inputTypes,
      outputTypes,
      weight: () => info ? referenceOf(info) : assert.fail(`${trial.op} has no weight`),
    });
  return { dispatches, outputs, outputTypes, reference };
}

function valuesOf(trial: OpTrial, input: number, count: number, vocabulary: number): Float32Array<ArrayBuffer> {
  const given = trial.data?.[input];
  return given ? new Float32Array(count).fill(given(vocabulary)) : Float32Array.from(sample(count, input + 1));
}

/** Rows of random values in [−0.1, 0.1). */
function storedRows({ format, columns }: TrialWeight) {
  const values = Float32Array.from(sample(DISTINCT * columns, 17), (value) => value / 10);
  return FORMATS[format].sample(values, [DISTINCT, columns]);
}

function referenceOf(info: TrialWeight): ReferenceWeight {
  const { format, rows, columns } = info;
  const some = FORMATS[format].dequantize(storedRows(info), [DISTINCT, columns]);
  const bytes = repeated(bytesOfArray(some), rows / DISTINCT);
  return { values: new Float32Array(bytes), rows, columns };
}

/** Bytes over and over, the last time a part of them. */
function repeated(bytes: Uint8Array, times: number): ArrayBuffer {
  const all = new Uint8Array(Math.round(bytes.length * times));
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes.subarray(0, all.length - at), at);
  return all.buffer;
}

/** Checks every output of a small case against the f64 reference. */
export async function checkTrial(gpu: Gpu, pipelines: PipelineCache, trial: OpTrial): Promise<void> {
  const allocator = createAllocator(gpu);
  const { rows, vocabulary } = trial.checked;
  const { dispatches, outputs, outputTypes, reference } = await make(gpu, allocator, trial, rows, vocabulary);
  const expected = reference();
  for (const [i, { buffer }] of outputs.entries()) {
    const actual = await runDispatches(gpu, pipelines, allocator, dispatches, buffer, elements(outputTypes[i]));
    expected[i].forEach((value, at) => {
      const error = Math.abs(actual[at] - value);
      assert.ok(
        error <= TOLERANCE * Math.max(1, Math.abs(value)),
        `${trial.op}[${at}] must be ${value}: got ${actual[at]}`,
      );
    });
  }
  allocator.freeAll();
}

/** The op at the size that it is timed at, and the bytes of its inputs and outputs. */
export async function prepareTrial(
  gpu: Gpu,
  pipelines: PipelineCache,
  trial: OpTrial,
): Promise<{ readonly pass: Pass; readonly bytes: number; dispose(): void }> {
  const allocator = createAllocator(gpu);
  const { rows, vocabulary } = trial.timed;
  const { dispatches, outputTypes } = await make(gpu, allocator, trial, rows, vocabulary);
  const bytes = [...trial.inputs(rows), ...outputTypes].reduce((sum, type) => sum + 4 * elements(type), 0);
  return { pass: await createPass(gpu, pipelines, allocator, dispatches), bytes, dispose: () => allocator.freeAll() };
}
