import { type Allocator, createAllocator, STORAGE } from "../../gpu/buffer.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { PipelineCache } from "../../gpu/kernel.ts";
import { type BufferRange, createPass, type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import { runDispatches, upload } from "../../gpu/run_dispatches.ts";
import { sample } from "../formats/sample_weight.ts";
import type { Choice } from "../kernel_choice.ts";
import type { Contest } from "../kernel_contest.ts";
import { elements, type Op, type ValueType } from "../op.ts";
import { attention, attentionBackward } from "./attention.ts";
import { attentionCandidates, attentionFamily } from "./attention_choice.ts";
import type { QueryAttributes } from "./attention_layout.ts";

/** Heads whose attention shares a choice. */
export interface AttentionClass {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** Path points of a usual chunk, and the tokens of a usual prompt and target: two tiles and a part. */
const [SEQUENCES, LENGTH] = [16, 71];
/** Products of rows of a head for each pair of a query and a key: two forward and seven in reverse. */
const PRODUCTS = 9;
/** Of |result − reference|, absolute and as a part of the largest value: sums of so many values of size 1. */
const TOLERANCE = 2e-5;

/** The contest of attention and its reverse; null if one kernel alone applies, as in software. */
export function attentionContest(gpu: Gpu, pipelines: PipelineCache, one: AttentionClass): Contest | null {
  if (gpu.software) return null;
  const { heads, headSize } = one;
  const attributes = { ...one, sequences: SEQUENCES, shared: 0, queries: null };
  const allocator = createAllocator(gpu);
  let made: AttentionCase | undefined;
  const caseOf = () => made ??= attentionCase(gpu, allocator, attributes);
  return {
    family: attentionFamily(headSize),
    candidates: attentionCandidates(gpu.features.subgroups),
    flop: PRODUCTS * SEQUENCES * LENGTH * (LENGTH + 1) * heads * headSize,
    async check(choice) {
      for (const { outputs, expected, dispatches } of caseOf()) {
        for (const [i, values] of expected().entries()) {
          const { buffer } = outputs[i];
          requireClose(
            await runDispatches(gpu, pipelines, allocator, dispatches(choice), buffer, values.length),
            values,
          );
        }
      }
    },
    prepare: (choice) =>
      createPass(gpu, pipelines, allocator, caseOf().flatMap(({ dispatches }) => dispatches(choice))),
    close: () => allocator.freeAll(),
  };
}

/** An op with its buffers. */
interface OpLaunches {
  readonly outputs: readonly BufferRange[];
  /** Outputs of the f64 reference, computed at the first call. */
  expected(): Float64Array[];
  dispatches(choice: Choice): Dispatch[];
}

/** Attention, and its reverse of what the f64 reference of attention gives. */
type AttentionCase = readonly [OpLaunches, OpLaunches];

function attentionCase(gpu: Gpu, allocator: Allocator, attributes: QueryAttributes): AttentionCase {
  const { heads, kvHeads, headSize } = attributes;
  const f32 = (...shape: number[]): ValueType => ({ shape: [SEQUENCES, LENGTH, ...shape], dtype: "f32" });
  const row = f32((heads + 2 * kvHeads) * headSize);
  const [o, lse] = attention.types(attributes, [row]);
  const [rows, slopes] = [row, o].map((type, i) => sample(elements(type), 5 + i));
  const forward = opLaunches(gpu, allocator, attention, attributes, [row], () => [rows]);
  const results = () => forward.expected().map((values) => Float32Array.from(values));
  const backward = opLaunches(gpu, allocator, attentionBackward, attributes, [row, o, lse, o], () => {
    const [out, sums] = results();
    return [rows, out, sums, slopes];
  });
  return [forward, backward];
}

function opLaunches(
  gpu: Gpu,
  allocator: Allocator,
  op: Op<QueryAttributes>,
  attributes: QueryAttributes,
  inputTypes: readonly ValueType[],
  given: () => Float32Array[],
): OpLaunches {
  const outputTypes = op.types(attributes, inputTypes);
  const empty = (count: number) => wholeBuffer(allocator.create("result", 4 * count, STORAGE));
  const outputs = outputTypes.map((type) => empty(elements(type)));
  const { software, features: { subgroups } } = gpu;
  const scratch = (op.scratch?.(attributes, inputTypes, { subgroups, software }) ?? []).map(empty);
  const weight = (name: string): never => {
    throw new TypeError(`Cannot find weight ${name} as attention must have none`);
  };
  const values = given();
  const inputs = values.map((data) => wholeBuffer(upload(gpu, allocator, Float32Array.from(data))));
  let expected: Float64Array[] | undefined;
  return {
    outputs,
    expected: () =>
      expected ??= op.reference({
        attributes,
        inputs: values.map((data) => Float64Array.from(data)),
        inputTypes,
        outputTypes,
        weight,
      }),
    dispatches: (choice) =>
      op.kernels({
        ...{ attributes, inputs, inputTypes, outputs, outputTypes, scratch, subgroups, software, weight },
        tuning: { name: "candidate", choices: new Map([[attentionFamily(attributes.headSize), choice]]) },
      }),
  };
}

/** @throws {RangeError} if a value is off */
function requireClose(actual: Float32Array, expected: Float64Array): void {
  const largest = expected.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  const tolerance = TOLERANCE * (1 + largest);
  const bad = expected.findIndex((value, i) => !(Math.abs(actual[i] - value) <= tolerance));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot use it as [${bad}] must be ${expected[bad]} within ${tolerance}: got ${actual[bad]}`,
    );
  }
}
