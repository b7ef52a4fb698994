import assert from "node:assert/strict";
import { openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import type { Pass } from "../../../src/gpu/pass.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { trace } from "../../../src/graph/graph.ts";
import { type Contender, type Contest, holdContest, winnerOf } from "../../../src/ops/kernel_contest.ts";
import { type ProductClass, productContest } from "../../../src/ops/product/product_contest.ts";
import { productCandidates, productFamily } from "../../../src/ops/product/product_choice.ts";
import { sample } from "../../../src/ops/formats/sample_weight.ts";
import { type Choice, choiceText, chosen, type Tuning } from "../../../src/ops/kernel_choice.ts";

const CANDIDATES: [Choice, ...Choice[]] = [{ variant: "a", columns: 6 }, { variant: "a", columns: 4 }, {
  variant: "b",
}];
const tuningOf = (choices: Record<string, Choice>): Tuning => ({
  name: "test",
  choices: new Map(Object.entries(choices)),
});

Deno.test("chosen() takes the tuning's candidate, and the default where it names none that there is", () => {
  const choose = (choice: Choice) => chosen(tuningOf({ family: choice }), "family", CANDIDATES);
  assert.equal(chosen(undefined, "family", CANDIDATES), CANDIDATES[0]);
  assert.equal(chosen(tuningOf({ other: CANDIDATES[2] }), "family", CANDIDATES), CANDIDATES[0]);
  assert.equal(choose({ columns: 4, variant: "a" }), CANDIDATES[1]);
  assert.equal(choose({ variant: "b" }), CANDIDATES[2]);
  assert.equal(choose({ variant: "a", columns: 5 }), CANDIDATES[0]);
  assert.equal(choose({ variant: "c" }), CANDIDATES[0]);
});

Deno.test("winnerOf() keeps the default unless another is clearly faster, and takes none that is wrong", () => {
  const contender = (i: number, rate: number | null): Contender => ({ choice: CANDIDATES[i], rate, error: null });
  const winner = (...rates: (number | null)[]) => choiceText(winnerOf(rates.map((rate, i) => contender(i, rate))));
  assert.equal(winner(100, 102, 99), "a, columns 6");
  assert.equal(winner(100, 102, 110), "b");
  assert.equal(winner(100, 180, 110), "a, columns 4");
  assert.equal(winner(null, 20, 10), "a, columns 4");
});

// One for all tests, so that a kernel of several is compiled once.
const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);

const CLASSES: readonly ProductClass[] = (["forward", "transposed", "single"] as const).flatMap((direction) => [
  { direction, format: "nf4", inner: 192, outputs: 131 },
  { direction, format: "bf16", inner: 184, outputs: 131 },
]);

for (const [one, software] of CLASSES.flatMap((one) => [true, false].map((software) => [one, software] as const))) {
  const name = `${one.direction} ${one.format} ${one.inner} ${software ? "in software" : "on a GPU"}`;
  // A GPU's tiles read nf4 forward and transposed alike, and the transposed ones have all their edges with bf16.
  if (!software && one.direction === "transposed" && one.format === "nf4") continue;
  Deno.test(`every candidate of ${name} equals the reference and is blind to the number of rows`, async () => {
    const contest = productContest({ ...gpu, software }, pipelines, one)!;
    assert.ok(contest.candidates.length > 1);
    for (const choice of contest.candidates) await contest.check(choice);
    contest.close();
  });
}

Deno.test("productContest() is none where one kernel alone applies", () => {
  const one = { direction: "forward", format: "nf4", inner: 70, outputs: 9 } as const;
  assert.equal(productContest(gpu, pipelines, one), null);
});

Deno.test("holdContest() names a right candidate and says why a wrong one cannot win, however fast it is", async () => {
  const contest = productContest(gpu, pipelines, CLASSES[0])!;
  const wrong: Choice = { variant: "wrong" };
  const idle: Pass = {
    labels: [],
    work: [],
    written: () => assert.fail("it has no launches"),
    encode: () => {},
    dispose: () => {},
  };
  const rigged: Contest = {
    ...contest,
    candidates: [wrong, ...contest.candidates],
    check: (choice) => choice === wrong ? Promise.reject(new RangeError("It is off")) : contest.check(choice),
    prepare: (choice) => choice === wrong ? Promise.resolve(idle) : contest.prepare(choice),
  };
  const { family, contenders, winner } = await holdContest(gpu, rigged);
  assert.equal(family, "linear forward nf4 192");
  assert.deepEqual(contenders[0], { choice: wrong, rate: null, error: "It is off" });
  for (const { rate, error } of contenders.slice(1)) {
    assert.ok(rate! > 0);
    assert.equal(error, null);
  }
  assert.ok(contest.candidates.includes(winner));
  const none: Contest = { ...rigged, candidates: [wrong] };
  await assert.rejects(holdContest(gpu, none), /linear forward nf4 192 as a candidate must be right: got It is off/);
});

Deno.test("holdContest() leaves the first run out, in which the driver compiles", async () => {
  const contest = productContest(gpu, pipelines, CLASSES[0])!;
  const [choice] = contest.candidates;
  const twins: Contest = {
    ...contest,
    candidates: [{ ...choice }, { ...choice }],
    async prepare(one) {
      const pass = await contest.prepare(choice);
      let first = one === twins.candidates[0];
      return {
        ...pass,
        encode(encoder) {
          for (let i = 0; i < (first ? 500 : 1); i++) pass.encode(encoder);
          first = false;
        },
      };
    },
  };
  const [{ rate }, { rate: other }] = (await holdContest(gpu, twins)).contenders;
  // No timing, but that the first run, 500 times as long, would show.
  assert.ok(rate! > other! / 50, `${rate} and ${other}`);
});

Deno.test("holdContest() runs a hopeless candidate no further, and checks none but the one that would win", async () => {
  const contest = productContest(gpu, pipelines, CLASSES[0])!;
  const [choice] = contest.candidates;
  const slow: Choice = { variant: "slow" };
  const checked: Choice[] = [];
  let runs = 0;
  const uneven: Contest = {
    ...contest,
    candidates: [choice, slow],
    check(one) {
      checked.push(one);
      return contest.check(one);
    },
    async prepare(one) {
      const pass = await contest.prepare(choice);
      if (one !== slow) return pass;
      return {
        ...pass,
        encode(encoder) {
          runs++;
          for (let i = 0; i < 100; i++) pass.encode(encoder);
        },
      };
    },
  };
  const { winner, contenders } = await holdContest(gpu, uneven);
  assert.equal(winner, choice);
  assert.deepEqual(checked, [choice]);
  // Once for the driver, and twice timed.
  assert.equal(runs, 3);
  assert.ok(contenders[1].rate! < contenders[0].rate!);
});

Deno.test("holdContest() times the default alone where time is up, and says so of the others", async () => {
  const contest = productContest(gpu, pipelines, CLASSES[0])!;
  const { winner, contenders } = await holdContest(gpu, contest, () => true);
  assert.equal(winner, contest.candidates[0]);
  assert.deepEqual(contenders.map(({ error }) => error?.slice(0, 9) ?? null), [
    null,
    ...contest.candidates.slice(1).map(() => "not timed"),
  ]);
});

/** y of the first rows of x by an executor with a tuning, and the kernels that made it. */
async function productBy(tuning: Tuning, rows: number) {
  const [inner, outputs] = [72, 50];
  const executor = await createWebGpuExecutor(() => tuning);
  assert.equal(executor.tuning, "test");
  const data = new Uint8Array(sample(inner * outputs, 1).buffer as ArrayBuffer);
  await executor.upload({ name: "w", rows: outputs, columns: inner }, [{ format: "f32", rows: outputs, data }]);
  const g = trace();
  const x = g.input("x", { shape: [rows, inner], dtype: "f32" });
  const [product] = g.emit("linear", { weight: "w", bias: null, outputs, inner }, [x]);
  const program = await executor.compile(g.finish({ product }));
  const { outputs: { product: y } } = await program.run({
    x: Float32Array.from(sample(19 * inner, 2).subarray(0, rows * inner)),
  });
  const kernels = (await program.profile()!).map(({ kernel }) => kernel.split("(")[0]);
  executor.close();
  return { y, kernels };
}

const KERNELS: Readonly<Record<string, string>> = {
  generic: "linear",
  tile: "linear_tile",
  subgroup: "linear_subgroup",
};

Deno.test("an executor runs the kernels that its tuning chooses, for any number of rows", async () => {
  const results: Float64Array[] = [];
  for (const choice of productCandidates("forward", "f32", 72, { ...gpu.features, software: gpu.software })) {
    const tuning = tuningOf({ [productFamily("forward", "f32", 72)]: choice });
    const [many, few] = [await productBy(tuning, 19), await productBy(tuning, 3)];
    assert.deepEqual(many.kernels, [KERNELS[choice.variant]]);
    assert.deepEqual(few.kernels, many.kernels);
    assert.deepEqual(few.y, many.y.slice(0, few.y.length), "the same bits for fewer rows");
    results.push(many.y);
  }
  // Whatever was chosen, the result is the same within rounding: 72 products of values in [−1, 1).
  for (const y of results) y.forEach((value, i) => assert.ok(Math.abs(value - results[0][i]) < 72 * 2 ** -23));
});

Deno.test("close", () => gpu.close());
