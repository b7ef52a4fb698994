import assert from "node:assert/strict";
import { dirname } from "node:path";
import { writeRandomCheckpoint } from "../../../bench/model/random_checkpoint.ts";
import type { Choice } from "../../../src/ops/kernel_choice.ts";
import { openGpu } from "../../../src/gpu/device.ts";
import { tuningOf } from "../../../src/model/tune/tune.ts";
import { readTuning, tuningFile, tuningKey, writeTuning } from "../../../src/model/tune/tuning_cache.ts";
import { runCliProcess } from "../../support/run_cli.ts";

const gpu = await openGpu();
const KEY = tuningKey(gpu);
gpu.close();

/** Chooses the kernel of the embedded model's products that nobody else would. */
const TUNING = tuningOf(
  new Map<string, Choice>([["linear forward nf4 256", { variant: "tile" }], ["linear single nf4 256", {
    variant: "single",
    across: 1,
    lanes: 32,
    rows: 4,
  }]]),
);

async function withCache(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "whence-tuning-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readTuning() gives back what writeTuning() kept, under a name that the choices determine", () =>
  withCache(async (directory) => {
    const file = await writeTuning(KEY, TUNING, directory);
    assert.equal(file, tuningFile(KEY, directory));
    const { tuning, hint } = await readTuning(KEY, directory);
    assert.equal(hint, null);
    assert.deepEqual(tuning, { name: TUNING.name, choices: new Map([...TUNING.choices].sort()) });
    assert.match(tuning.name, /^[0-9a-f]{12}$/);
    assert.notEqual(tuningOf(new Map([["linear forward nf4 256", { variant: "generic" }]])).name, tuning.name);
    assert.deepEqual([...Deno.readDirSync(dirname(file))].map(({ name }) => name), [file.split(/[\\/]/).at(-1)]);
  }));

Deno.test("readTuning() without a cache gives the defaults, without a hint", () =>
  withCache(async (directory) => {
    const { tuning, hint } = await readTuning(KEY, directory);
    assert.equal(tuning.name, "default");
    assert.equal(tuning.choices.size, 0);
    assert.equal(hint, null);
  }));

Deno.test("tuningFile() has a file for each adapter and each driver", () => {
  const files = [KEY, { ...KEY, adapter: "another" }, { ...KEY, driver: "another" }].map((key) => tuningFile(key, "d"));
  assert.equal(new Set(files).size, 3);
  assert.equal(tuningFile({ ...KEY, deno: "another", shaders: "others" }, "d"), files[0]);
});

const content = (change: Record<string, unknown>) =>
  JSON.stringify({ schema: "whence.tuning/1", key: KEY, choices: Object.fromEntries(TUNING.choices), ...change });

for (
  const [what, text, message] of [
    ["is cut off", content({}).slice(0, 100), /JSON/],
    ["is empty", "", /JSON/],
    ["is of another schema", content({ schema: "whence.tuning/0" }), /schema must be whence\.tuning\/1: got "whence/],
    ["was made by another Deno", content({ key: { ...KEY, deno: "2.0.0" } }), /deno must be .*: got "2\.0\.0"/],
    ["was made for other shaders", content({ key: { ...KEY, shaders: "0" } }), /shaders must be [0-9a-f]{64}: got "0"/],
    ["has no choices", content({ choices: [] }), /choices must be a mapping/],
    ["has a choice of no variant", content({ choices: { f: { columns: 3 } } }), /choice of f must have a variant/],
    ["has a nested parameter", content({ choices: { f: { variant: "a", n: {} } } }), /choice of f must have/],
  ] as [string, string, RegExp][]
) {
  Deno.test(`readTuning() gives the defaults and a hint where the file ${what}`, () =>
    withCache(async (directory) => {
      const file = await writeTuning(KEY, TUNING, directory);
      await Deno.writeTextFile(file, text);
      const { tuning, hint } = await readTuning(KEY, directory);
      assert.equal(tuning.name, "default");
      assert.match(hint!, message);
      assert.match(hint!, /doctor --tune/);
    }));
}

Deno.test("writeTuning() leaves nothing behind where it cannot write", () =>
  withCache(async (directory) => {
    await Deno.mkdir(tuningFile(KEY, directory), { recursive: true });
    await Deno.writeTextFile(`${tuningFile(KEY, directory)}/occupied`, "");
    await assert.rejects(writeTuning(KEY, TUNING, directory));
    assert.equal([...Deno.readDirSync(`${directory}/tuning`)].length, 1);
  }));

const ATTRIBUTE = ["attribute", "--prompt", "Michael works as a nurse.", "--target", " He", "--format", "json"];
const FAST = ["--quadrature", "riemann-middle", "--steps", "2"];

async function deviceOf(args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await runCliProcess([...ATTRIBUTE, "--device", "webgpu", ...FAST, ...args], env);
  assert.equal(code, 0, stderr);
  const { device, sequenceAttribution } = JSON.parse(stdout);
  return { tuning: device.tuning, attribution: sequenceAttribution as number[], stderr };
}

Deno.test("a run uses the tuning in the cache and the record names it; --tuning off and WHENCE_TUNING=off do not", () =>
  withCache(async (directory) => {
    await writeTuning(KEY, TUNING, directory);
    const env = { WHENCE_CACHE: directory, WHENCE_TUNING: "" };
    const tuned = await deviceOf([], env);
    assert.equal(tuned.tuning, TUNING.name);
    const off = await deviceOf(["--tuning", "off"], env);
    assert.equal(off.tuning, "default");
    assert.equal((await deviceOf([], { ...env, WHENCE_TUNING: "off" })).tuning, "default");
    assert.equal((await deviceOf(["--device", "reference"], env)).tuning, null);
    const largest = Math.max(...off.attribution.map(Math.abs));
    off.attribution.forEach((value, i) => assert.ok(Math.abs(value - tuned.attribution[i]) <= 1e-4 * largest));
  }));

Deno.test("a run with a broken cache gives the defaults' results and a hint", () =>
  withCache(async (directory) => {
    const file = await writeTuning(KEY, TUNING, directory);
    await Deno.writeTextFile(file, "{");
    const { tuning, stderr } = await deviceOf([], { WHENCE_CACHE: directory, WHENCE_TUNING: "" });
    assert.equal(tuning, "default");
    assert.match(stderr, /^hint: The tuning of the kernels in the cache is left alone/m);
  }));

// Kernels of test/ops/product/tuning_test.ts, which the driver keeps.
const TINY = {
  hiddenSize: 192,
  intermediateSize: 192,
  layers: 1,
  heads: 3,
  kvHeads: 3,
  headSize: 64,
  vocabularySize: 131,
};

Deno.test("doctor --tune --model keeps a choice for every family of the model, and those of others", () =>
  withCache(async (directory) => {
    writeRandomCheckpoint(`${directory}/model`, TINY);
    await writeTuning(KEY, TUNING, directory);
    const env = { WHENCE_CACHE: directory };
    const { code, stdout, stderr } = await runCliProcess(["doctor", "--tune", "--model", `${directory}/model`], env);
    assert.equal(code, 0, stderr);
    const { tuning: { name, choices } } = await readTuning(KEY, directory);
    const families = ["forward", "transposed", "single"].flatMap((direction) =>
      ["bf16 192", "nf4 192"].map((size) => `linear ${direction} ${size}`)
    );
    assert.deepEqual([...choices.keys()].sort(), [...families, ...TUNING.choices.keys()].sort());
    assert.deepEqual(choices.get("linear forward nf4 256"), { variant: "tile" });
    assert.match(stdout, new RegExp(`^tuning ${name}, kept in `, "m"));
    for (const family of families) assert.match(stdout, new RegExp(`^${family} +\\S.* \\(default\\) +\\d`, "m"));
    assert.equal(stdout.match(/ {2}chosen$/gm)?.length, families.length);
  }));

Deno.test("doctor --tune prints its table and a hint where the cache cannot be written", () =>
  withCache(async (directory) => {
    writeRandomCheckpoint(`${directory}/model`, TINY);
    await Deno.writeTextFile(`${directory}/file`, "");
    const env = { WHENCE_CACHE: `${directory}/file` };
    const { code, stdout, stderr } = await runCliProcess(["doctor", "--tune", "--model", `${directory}/model`], env);
    assert.equal(code, 0);
    assert.match(stdout, /^linear forward nf4 192 /m);
    assert.match(stderr, /^hint: the tuning is not kept, and the defaults stay in use: /m);
  }));

Deno.test("doctor refuses a model without --tune", async () => {
  const { code, stderr } = await runCliProcess(["doctor", "--model", "embedded"]);
  assert.equal(code, 2);
  assert.match(stderr, /--model as it is about --tune/);
});
