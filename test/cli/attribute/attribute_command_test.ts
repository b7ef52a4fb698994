import assert from "node:assert/strict";
import { withChatModel } from "../../support/chat_model.ts";
import { adapterKind } from "../../../src/gpu/device.ts";
import { onnxFolder } from "./onnx_folder.ts";
import { runCli, runCliProcess } from "../../support/run_cli.ts";

const PROMPT = "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys";
const TARGET = " painting, traveling to different countries, and volunteering at community events.";
const FIXED = ["--quadrature", "gauss-legendre", "--steps", "4"];

async function attribute(...args: string[]) {
  const { code, stdout, stderr } = await runCli(["attribute", ...args]);
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
}

Deno.test("attribute prints a table with words, bars, the completeness error and the certificate", async () => {
  const { stdout } = await attribute("--prompt", PROMPT, "--target", TARGET, "--tolerance", "0.2");
  for (const word of ["Michael", "software", "engineer", "Austin", "painting", "volunteering", "█"]) {
    assert.ok(stdout.includes(word), `${word} in\n${stdout}`);
  }
  assert.match(stdout, /completeness\s+error [\d.]+ %/);
  assert.match(stdout, /certificate κ = [\d.]+ %/);
});

Deno.test("attribute --format json is a record that says how sure it is", async () => {
  const { stdout } = await attribute("--prompt", PROMPT, "--target", TARGET, ...FIXED, "--tokens", "--format", "json");
  const record = JSON.parse(stdout);
  assert.equal(record.schema, "whence.attribution/1");
  const [T, L] = [record.target.tokens.length, record.prompt.tokens.length];
  assert.deepEqual([record.tokenAttribution.length, record.tokenAttribution[0].length], [T, L]);
  assert.equal(record.completeness.delta.length, T);
  const total = record.sequenceAttribution.reduce((a: number, b: number) => a + b, 0);
  const gap = record.score.input.reduce((a: number, b: number) => a + b, 0) -
    record.score.baseline.reduce((a: number, b: number) => a + b, 0);
  assert.ok(Math.abs(total - gap - record.completeness.sequence.delta) < 1e-3);
});

Deno.test("attribute --no-per-target leaves forward mode out, says so and keeps the sequence's error", async () => {
  const args = ["--prompt", PROMPT, "--target", TARGET, ...FIXED, "--format", "json"];
  const all = JSON.parse((await attribute(...args)).stdout);
  const less = JSON.parse((await attribute(...args, "--no-per-target")).stdout);
  assert.deepEqual([all.method.perTarget, less.method.perTarget], [true, false]);
  assert.deepEqual(less.sequenceAttribution, all.sequenceAttribution);
  assert.deepEqual(less.completeness.sequence, all.completeness.sequence);
  const { delta, relative, arithmeticFloor } = less.completeness;
  assert.deepEqual([delta, relative, arithmeticFloor], [null, null, null]);
  // The points carry no tangent; scoring both ends never did.
  const { forwardRows, backwardRows } = all.cost;
  assert.deepEqual([less.cost.forwardRows, less.cost.backwardRows], [forwardRows - backwardRows, backwardRows]);
});

Deno.test("attribute writes csv, svg, png and html", async () => {
  const directory = await Deno.makeTempDir();
  try {
    for (const [format, start] of [["csv", ""], ["svg", "<svg"], ["png", "\x89PNG"], ["html", "<!doctype html>"]]) {
      const out = `${directory}/record.${format}`;
      const { stdout } = await attribute(
        "--prompt",
        PROMPT,
        "--target",
        " painting",
        ...FIXED,
        "--format",
        format,
        "--out",
        out,
      );
      assert.equal(stdout, "");
      const bytes = await Deno.readFile(out);
      assert.equal(String.fromCharCode(...bytes.slice(0, start.length)).toLowerCase(), start.toLowerCase());
      assert.ok(bytes.length > 200);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("attribute takes a prompt of one token, a target of one token, and emoji", async () => {
  await attribute("--prompt", "In", "--target", " he", ...FIXED);
  const { stdout } = await attribute("--prompt", "Olga 🎨 paints 🇩🇪", "--target", " 🖌️", ...FIXED);
  assert.ok(stdout.includes("🎨"), stdout);
});

Deno.test("attribute without a target explains what the model generates", async () => {
  const { stdout } = await attribute("--prompt", PROMPT, "--generate", "3", ...FIXED, "--format", "json");
  assert.equal(JSON.parse(stdout).target.tokens.length, 3);
});

Deno.test("attribute --objective contrastive compares with the alternative, in a record and a figure", async () => {
  const args = ["--prompt", PROMPT, "--target", " painting", ...FIXED, "--objective", "contrastive"];
  const contrast = [...args, "--alternative", " restoring old furniture"];
  const record = JSON.parse((await attribute(...contrast, "--format", "json")).stdout);
  const { objective, unit, per, input } = record.score;
  assert.deepEqual([objective, unit, per, input.length], ["contrastive", "nats", "sequence", 1]);
  assert.equal(record.alternative.text, " restoring old furniture");
  assert.equal(record.completeness.delta.length, 1);
  const { stdout } = await attribute(...contrast, "--tokens", "--format", "svg");
  assert.ok(stdout.includes("restoring old furniture") && stdout.includes("attribution (nats)"), stdout.slice(0, 2000));
});

Deno.test("attribute --method feature-ablation runs every scheme", async () => {
  for (const scheme of ["delete", "zero", "mean", "token:0"]) {
    const { stdout } = await attribute(
      "--prompt",
      PROMPT,
      "--target",
      TARGET,
      "--method",
      "feature-ablation",
      "--scheme",
      scheme,
      "--format",
      "json",
    );
    assert.equal(JSON.parse(stdout).method.scheme, scheme);
  }
});

Deno.test("attribute takes a chat's history, its turns and target words, in a table and a CSV", () =>
  withChatModel(async (directory) => {
    const history = ["--history", "system:Answer: in one word.", "--history", "user:Olga lives in Rome."];
    const args = ["--model", directory, ...history, "--prompt", "Where?", "--target", " She enjoys painting.", ...[
      "--method",
      "shapley",
      "--units",
      "turns",
      "--target-units",
      "words",
    ]];
    const { stdout } = await attribute(...args);
    assert.match(stdout, /^Shapley values, turns, scheme delete\n/);
    for (const row of [/^ +\d+ system: Answer: in one … /m, /^ +\d+ user 2: Where\? /m, /^ +0 She +−/m]) {
      assert.match(stdout, row);
    }
    const csv = await attribute(...args, "--format", "csv");
    assert.match(csv.stdout, /^token-unit,,,,,,,false,[-\d.e]+,,3,Olga lives in Rome\.,1, enjoys$/m);
  }));

Deno.test("attribute averages the baselines that a file lists", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "zero\n\ntext:Michael works as\r\ntoken: in\n");
    const args = ["--prompt", "Michael lives in", "--target", " Austin", ...FIXED];
    const list = '["zero","text:Michael works as","token: in"]';
    const { stdout } = await attribute(...args, "--baseline", `samples:${file}`, "--format", "json");
    const record = JSON.parse(stdout);
    assert.deepEqual([record.method.baseline, record.sampling.samples], [`samples:${list}`, 3]);
    const again = await attribute(...args, "--baseline", record.method.baseline, "--format", "json");
    assert.deepEqual(JSON.parse(again.stdout).sequenceAttribution, record.sequenceAttribution);
    for (
      const [lines, message] of [["zero\n", /two lines at least: got 1/], [
        "zero\nmedian\n",
        /line 2 must be .*"median"/,
      ]]
    ) {
      await Deno.writeTextFile(file, lines as string);
      const { code, stderr } = await runCli(["attribute", ...args, "--baseline", `samples:${file}`]);
      assert.equal(code, 2);
      assert.match(stderr, message as RegExp);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("attribute --method kernel-shap says how sure it is, by words, in a table and as a record", async () => {
  const args = ["--prompt", PROMPT, "--target", " painting, traveling", "--method", "kernel-shap", "--units", "words"];
  const options = ["--scheme", "mean", "--budget", "120", "--seed", "3"];
  const { stdout } = await attribute(...args, ...options);
  assert.match(stdout, /^Shapley values by KernelSHAP, words, scheme mean\n/);
  assert.match(stdout, /nats +±\n/);
  assert.match(
    stdout,
    /sampling +120 model calls, ended by the budget, standard errors up to [\d.]+, 95 % intervals ±/,
  );
  const json = await attribute(...args, ...options, "--standard-error", "1e-9", "--format", "json");
  const record = JSON.parse(json.stdout);
  assert.equal(record.schema, "whence.attribution/1");
  assert.deepEqual(
    [record.method.units, record.method.seed, record.method.budget, record.method.standardError],
    ["words", 3, 120, 1e-9],
  );
  assert.equal(record.units, undefined, "each word of this prompt is one token");
  assert.equal(record.standardError.length, record.prompt.tokens.length);
  assert.deepEqual([record.sampling.stopped.by, record.sampling.stopped.met], ["budget", false]);
  assert.ok(Math.abs(record.completeness.sequence.delta) < 1e-9);
  assert.match(json.stderr, /hint: The largest standard error is .* nats, not 1e-9, after 120 model calls/);
});

Deno.test("attribute --preset captum is Captum's options, of which those given replace each, and the record shows them", async () => {
  const text = ["--prompt", PROMPT, "--target", " painting", "--format", "json"];
  const preset = await attribute("--preset", "captum", "--steps", "4", ...text);
  const byHand = await attribute("--baseline", "token:0", ...FIXED, "--freeze", "none", ...text);
  const [a, b] = [preset, byHand].map(({ stdout }) => JSON.parse(stdout));
  assert.deepEqual([a.method, a.sequenceAttribution], [b.method, b.sequenceAttribution]);
  assert.deepEqual([a.method.baseline, a.method.steps, a.method.freeze], ["token:0", 4, []]);
  const { stdout } = await attribute("--preset", "captum", "--method", "kernel-shap", ...text.slice(0, 4));
  assert.match(stdout, /^Shapley values by Captum's KernelSHAP, scheme token:0\n/);
  assert.match(stdout, /sampling +\d+ model calls, ended by the number of samples/);
});

Deno.test("attribute --strict exits with 3 where the standard error is not met", async () => {
  const args = ["--prompt", PROMPT, "--target", " painting", "--method", "kernel-shap", "--scheme", "zero"];
  const { code, stderr } = await runCli([
    "attribute",
    ...args,
    "--budget",
    "60",
    "--standard-error",
    "1e-9",
    "--strict",
  ]);
  assert.equal(code, 3, stderr);
});

Deno.test("attribute --strict exits with 3 where the tolerance is not met, and advises", async () => {
  const args = ["--prompt", PROMPT, "--target", TARGET, "--tolerance", "0.001", "--budget", "20", "--strict"];
  const { code, stdout } = await runCli(["attribute", ...args]);
  assert.equal(code, 3);
  assert.match(stdout, /Freeze it: --freeze special,template,first/);
  assert.match(stdout, /What resists lies at α = [\d.]+ … [\d.]+ \([\d.]+ %\)/);
});

Deno.test("attribute without native libraries says that the tokenizer needs one", async () => {
  const args = ["attribute", "--prompt", "In", "--target", " he", "--device", "reference"];
  const { code, stderr } = await runCliProcess(args, {}, ["--deny-ffi"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /Cannot load the tokenizer as its native library must load, with --allow-ffi and --allow-env: /);
});

const HERE = await adapterKind();
// A native library, which needs the permission.
const WITHOUT_ONNX = `--deny-ffi=${onnxFolder()}`;
const NO_ADAPTER = {
  VK_DRIVER_FILES: "/nonexistent.json",
  VK_ICD_FILENAMES: "/nonexistent.json",
  DENO_WEBGPU_BACKEND: "vulkan",
};

for (
  const [what, env, flags, backend, hint] of [
    ["on this machine runs on its GPU, else on the CPU", {}, [], HERE === "hardware" ? "webgpu" : "cpu", /^$/],
    ["without an adapter runs on the CPU", NO_ADAPTER, [], "cpu", /^$/],
    [
      "without ONNX Runtime runs on the adapter that answers",
      {},
      [WITHOUT_ONNX],
      "webgpu",
      HERE === "hardware" ? /^$/ : /hint: the WebGPU adapter is software/,
    ],
    [
      "without both runs on the f64 reference",
      NO_ADAPTER,
      [WITHOUT_ONNX],
      "reference",
      /hint: no WebGPU adapter answers/,
    ],
  ] as const
) {
  Deno.test(`attribute ${what} and says what is slow`, async () => {
    const args = ["--prompt", "In", "--target", " he", ...FIXED, "--format", "json"];
    const { code, stdout, stderr } = await runCliProcess(["attribute", ...args], env, flags);
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).device.backend, backend);
    assert.match(stderr, hint);
  });
}
