import assert from "node:assert/strict";
import { runCommandLine } from "../../../src/cli/run_command_line.ts";
import { ConfigError, parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { experimentJsonSchema } from "../../../src/experiment/config/json_schema.ts";
import { resultRow } from "../../../src/experiment/findings/result_row.ts";
import { resultsCsv } from "../../../src/experiment/findings/results_csv.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { attribute } from "../../../src/explain/attribute.ts";
import { method } from "../../../src/explain/methods/method.ts";
import { addMethod } from "../../../src/explain/methods/method_table.ts";
import { perturb } from "../../../src/explain/methods/perturbation/perturb.ts";
import { option } from "../../../src/explain/options/option.ts";
import { DRAW_OPTIONS, PERTURBATION_OPTIONS } from "../../../src/explain/options/sampling_options.ts";
import { oneOf, wholeNumber } from "../../../src/explain/options/value_kind.ts";
import { loadModel } from "../../../src/model/model.ts";
import { occlude } from "../../../src/perturbation/occlusion.ts";

/** A method of another package: occlusion of windows, read from either end. All that it takes is this declaration. */
const blindfold = method({
  name: "blindfold",
  title: "Blindfold",
  family: "perturbation",
  yields: "additive",
  cost: "as occlusion",
  purpose: "shows that a method is one declaration",
  source: "this test",
  options: {
    ...PERTURBATION_OPTIONS,
    ...DRAW_OPTIONS,
    blinkers: option({ kind: wholeNumber(1, 9), default: 2, help: "neighbouring units taken away at once" }),
    gait: option({ kind: oneOf(["walk", "trot"]), default: "walk", help: "trot steps over whole windows" }),
  },
  run: (subject, options) =>
    perturb(
      subject,
      options,
      (scorer, { blinkers, gait }) => occlude(scorer, { window: blinkers, stride: gait === "trot" ? blinkers : 1 }),
    ),
});

declare module "../../../src/explain/methods/attribution_options.ts" {
  interface AddedMethods {
    blindfold: typeof blindfold;
  }
}

addMethod(blindfold);

const TEXT = { prompt: "Olga works as a painter. She lives", target: " in Rome" };

const YAML = (sweep: string) =>
  `name: trial
question: why?
prompts:
  - { name: a, prompt: "${TEXT.prompt}", target: "${TEXT.target}" }
sweeps:
  - method: blindfold
${sweep}`;

async function said(args: string[]): Promise<{ code: number; out: string; err: string }> {
  const decoder = new TextDecoder();
  const texts = { out: "", err: "" };
  const [stdout, stderr] = [Deno.stdout.writeSync, Deno.stderr.writeSync];
  Deno.stdout.writeSync = (bytes) => (texts.out += decoder.decode(bytes), bytes.length);
  Deno.stderr.writeSync = (bytes) => (texts.err += decoder.decode(bytes), bytes.length);
  try {
    return { code: await runCommandLine(args), ...texts };
  } finally {
    [Deno.stdout.writeSync, Deno.stderr.writeSync] = [stdout, stderr];
  }
}

Deno.test("a method that is added runs from the library, with its options and its defaults in the record", async () => {
  const model = await loadModel();
  try {
    const found = await attribute(model, TEXT, { method: "blindfold", units: "words", gait: "trot" });
    const usual = await attribute(model, TEXT, { method: "occlusion", units: "words", window: 2, stride: 2 });
    assert.deepEqual(found.sequenceAttribution, usual.sequenceAttribution);
    const { name, blinkers, gait, scheme } = found.method;
    assert.deepEqual({ name, blinkers, gait, scheme }, {
      name: "blindfold",
      blinkers: 2,
      gait: "trot",
      scheme: "delete",
    });
    await assert.rejects(
      attribute(model, TEXT, { method: "blindfold", blinkers: 10 }),
      /^RangeError: Cannot use blinkers: expected a whole number from 1 to 9, got 10$/,
    );
    // @ts-expect-error: occlusion has no such option
    const wrong: Parameters<typeof attribute>[2] = { method: "occlusion", gait: "trot" };
    await assert.rejects(
      attribute(model, TEXT, wrong),
      /gait: expected only with method blindfold, got method occlusion/,
    );
  } finally {
    model.close();
  }
});

Deno.test("a method that is added has flags, help and errors with the nearest name", async () => {
  const base = ["attribute", "--prompt", TEXT.prompt, "--target", TEXT.target];
  const done = await said([...base, "--method", "blindfold", "--blinkers", "3", "--format", "json"]);
  assert.equal(done.code, 0, done.err);
  assert.equal(JSON.parse(done.out).method.blinkers, 3);
  const help = await said(["attribute", "--help", "blindfold"]);
  assert.match(help.out, /^Blindfold: shows that a method is one declaration\./);
  assert.match(help.out, /--blinkers N +neighbouring units taken away at once \(2\)\n/);
  assert.match(help.out, /--gait NAME +trot steps over whole windows: walk, trot \(walk\)\n/);
  assert.match((await said(["methods"])).out, /blindfold\n {6}shows that a method is one declaration\n/);
  const wrong = async (...args: string[]) => {
    const { code, err } = await said([...base, ...args]);
    assert.equal(code, 2);
    return err;
  };
  assert.match(await wrong("--method", "blindfld"), /got "blindfld"; did you mean blindfold\?/);
  assert.match(await wrong("--method", "blindfold", "--blinker", "1"), /--blinker: .*; did you mean blinkers\?/);
  assert.match(await wrong("--method", "blindfold", "--gait", "trott"), /--gait: .*got "trott"; did you mean trot\?/);
});

Deno.test("a method that is added is swept by YAML, whose mistakes have their position, and has columns", async () => {
  const { cells } = planExperiment(parseConfig(YAML("    blinkers: [1, 3]\n    gait: trot\n"), "trial.yaml"));
  assert.deepEqual(cells.map(({ id }) => id.slice(0, -9)), [
    "a-blindfold-delete-blinkers-1-gait-trot",
    "a-blindfold-delete-blinkers-3-gait-trot",
  ]);
  const problems = (sweep: string) => {
    try {
      parseConfig(YAML(sweep), "f.yaml");
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.problems;
    }
    return [];
  };
  assert.deepEqual(problems("    blinkers: [1, 10]\n    gaite: walk\n"), [
    "f.yaml:7:19: sweeps[0].blinkers[1]: expected a whole number from 1 to 9, got 10",
    ...problems("    gaite: walk\n").map((problem) => problem.replace("f.yaml:7:5", "f.yaml:8:5")),
  ]);
  assert.match(problems("    gaite: walk\n")[0], /^f\.yaml:7:5: sweeps\[0\]\.gaite: .*; did you mean gait\?$/);
  const { properties } = (experimentJsonSchema() as unknown as JsonSchema).properties.sweeps.items;
  assert.equal(properties.blinkers.default, 2);
  const model = await loadModel();
  try {
    const [{ text, options }] = cells;
    const record = await attribute(model, text, { method: "blindfold", blinkers: 1, gait: "trot" });
    assert.equal(options.blinkers, 1);
    const [header, row] = resultsCsv([resultRow(cells[0], record)]).split("\n").map((line) => line.split(","));
    assert.deepEqual(["method", "blinkers", "gait"].map((name) => row[header.indexOf(name)]), [
      "blindfold",
      "1",
      "trot",
    ]);
  } finally {
    model.close();
  }
});

interface JsonSchema {
  readonly properties: {
    readonly sweeps: {
      readonly items: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> };
    };
  };
}
