import assert from "node:assert/strict";
import { type Gpu, openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import { attentionContest } from "../../../src/ops/attention/attention_contest.ts";
import {
  attentionCandidates,
  type attentionChoice,
  attentionFamily,
} from "../../../src/ops/attention/attention_choice.ts";
import { OPS } from "../../../src/ops/op_table.ts";

// Kernels that test/ops/attention/attention_test.ts takes, too.
const HEADS = { heads: 7, kvHeads: 1, headSize: 64 };

async function withGpu<T>(body: (gpu: Gpu) => Promise<T> | T): Promise<T> {
  const gpu = await openGpu();
  try {
    return await body(gpu);
  } finally {
    gpu.close();
  }
}

const { features: { subgroups } } = await withGpu((gpu) => Promise.resolve(gpu));

for (const choice of attentionCandidates(subgroups)) {
  Deno.test(`attention and its reverse by ${choice.rows} ${choice.variant} rows a thread equal the reference`, () =>
    withGpu(async (own) => {
      const contest = attentionContest({ ...own, software: false }, createPipelineCache(own), HEADS)!;
      await contest.check(choice);
      contest.close();
    }));
}

Deno.test("attentionContest() has candidates without shuffles where there are no subgroups, and none in software", () =>
  withGpu((gpu) => {
    const pipelines = createPipelineCache(gpu);
    assert.equal(attentionContest({ ...gpu, software: true }, pipelines, HEADS), null);
    const features = { ...gpu.features, subgroups: false };
    const contest = attentionContest({ ...gpu, software: false, features }, pipelines, HEADS)!;
    assert.deepEqual(contest.candidates.map(({ variant }) => variant), ["plain", "plain"]);
    contest.close();
  }));

/** Kernels of attention of heads of 64 on a GPU. */
function kernelOf(tuning?: Parameters<typeof attentionChoice>[1]["tuning"]) {
  const attributes = { ...HEADS, sequences: 1, shared: 0, queries: null };
  const inputTypes = [{ shape: [1, 40, 9 * 64], dtype: "f32" }] as const;
  const range = { buffer: {} as GPUBuffer, offset: 0, size: 4 };
  const [{ kernel }] = OPS.attention.kernels({
    attributes,
    inputs: [range],
    inputTypes,
    outputs: [range, range],
    outputTypes: OPS.attention.types(attributes, inputTypes),
    scratch: [],
    subgroups: true,
    software: false,
    tuning,
    weight: () => assert.fail("attention has no weights"),
  });
  return kernel.code;
}

Deno.test("attention goes without shuffles on a GPU, unless its tuning says otherwise", () => {
  assert.ok(!kernelOf().includes("subgroupShuffle"));
  const tuned = { name: "tuned", choices: new Map([[attentionFamily(64), { variant: "shuffled", rows: 8 }]]) };
  assert.match(kernelOf(tuned), /subgroupShuffle/);
  assert.match(kernelOf(tuned), /const ROWS: u32 = 8u;/);
});
