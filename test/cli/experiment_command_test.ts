import assert from "node:assert/strict";
import { type CommandIo, runExperimentCommand } from "../../src/cli/experiment_command.ts";
import type { Forecast } from "../../src/experiment/foretell/forecast.ts";
import type { ResolvedOptions } from "../../src/explain/methods/attribution_options.ts";
import type { AttributionText } from "../../src/explain/options/attribution_text.ts";
import type { OpenModel } from "../../src/experiment/run/run_context.ts";
import { fakeContext, SWEEP, withDirectory } from "../explain/fake_model.ts";

/** 12 to 34 points for adaptive, else as many as steps; a row and a byte a point. */
function forecastOf(_text: AttributionText, { method, quadrature, steps }: ResolvedOptions): Promise<Forecast> {
  const points = method === "feature-ablation"
    ? [0, 0] as const
    : quadrature === "adaptive"
    ? [12, 34] as const
    : [steps as number, steps as number] as const;
  return Promise.resolve({
    pathPoints: points,
    forwardRows: points,
    backwardRows: points,
    work: points,
    bytes: points,
  });
}

/** The command has resolved the options of its cells. */
const noForecast = () => Promise.reject(new Error("The options must be resolved"));

/** Runs the command on a sweep with the closed-form scorer. */
async function command(
  directory: string,
  args: string[],
  yaml = SWEEP,
  replace: Partial<OpenModel> = {},
  { open, openForecast, measurePace }: Partial<Pick<CommandIo, "open" | "openForecast" | "measurePace">> = {},
) {
  const file = `${directory}/trial.yaml`;
  await Deno.writeTextFile(file, yaml);
  const said = { stdout: "", stderr: "" };
  const context = fakeContext(replace);
  const io: CommandIo = {
    open: open ?? context.open,
    openForecast: openForecast ??
      (() => Promise.resolve({ forecast: noForecast, forecastResolved: forecastOf, close: () => {} })),
    measurePace: measurePace ?? (() => Promise.resolve(1)),
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    stderrIsTerminal: false,
  };
  const code = await runExperimentCommand(args.map((arg) => arg === "FILE" ? file : arg), io);
  return { code, ...said, context, out: `${directory}/out` };
}

Deno.test("runExperimentCommand() exits with 0, a line a cell on stderr, and the file to open last on stdout", () =>
  withDirectory(async (directory) => {
    const { code, stdout, stderr, out } = await command(directory, ["FILE", "--out", `${directory}/out`]);
    assert.equal(code, 0);
    assert.ok(stdout.endsWith(`18 cells computed, 0 already there, 0 failed\nOpen ${out}/report.html\n`));
    assert.equal(stderr.match(/^\[ ?\d+\/18\] .*: (?:error|sum and gap) /gm)?.length, 18);
  }));

Deno.test("runExperimentCommand() --plan lists what each cell takes and what is stored, and computes nothing", () =>
  withDirectory(async (directory) => {
    const before = await command(directory, ["FILE", "--out", `${directory}/out`, "--plan"]);
    assert.equal(before.code, 0);
    assert.deepEqual(before.context.attributed, []);
    assert.throws(() => Deno.statSync(before.out), Deno.errors.NotFound);
    assert.match(before.stdout, /18 cells, 0 stored in .*; to compute: 324–368 points, 324–368 rows forward/);
    assert.match(
      before.stdout,
      /^michael-ig-zero-riemann-middle-50-\w+ +50 +50 +50 +50 B {2}25 s–1 min 40 s {2}missing$/m,
    );
    assert.match(
      before.stdout,
      /^michael-ig-zero-adaptive-0.01-\w+ +12–34 +12–34 +12–34 +12 B–34 B +6 s–1 min 8 s {2}missing$/m,
    );
    assert.match(before.stdout, /^Time: 2 min 42 s–12 min 16 s, kernels to compile not counted; guessed/m);
    assert.equal(before.stdout.match(/ missing$/gm)?.length, 18);
    await command(directory, ["FILE", "--out", `${directory}/out`]);
    const openForecast = () => Promise.reject(new Error("Cannot open it"));
    const after = await command(directory, ["FILE", "--out", `${directory}/out`, "--plan"], SWEEP, {}, {
      openForecast,
    });
    assert.equal(after.code, 0);
    assert.match(after.stdout, /18 stored in .*; to compute: 0 points/);
  }));

Deno.test("runExperimentCommand() --plan names the cells that cannot run, says why once, and exits with 1", () =>
  withDirectory(async (directory) => {
    const openForecast = () =>
      Promise.resolve({
        forecast: noForecast,
        forecastResolved: (text: AttributionText, options: ResolvedOptions) =>
          options.steps === 20 ? Promise.reject(new Error("It must fit")) : forecastOf(text, options),
        close: () => {},
      });
    const { code, stdout } = await command(directory, ["FILE", "--plan", "--out", `${directory}/out`], SWEEP, {}, {
      openForecast,
    });
    assert.equal(code, 1);
    assert.equal(stdout.match(/ cannot run$/gm)?.length, 4);
    assert.equal(stdout.match(/^It must fit: /gm)?.length, 1);
  }));

/** A sweep of a file beside it. */
const ON_FILE = "name: t\nprompts: rows.jsonl\nsweeps: [{ method: [saliency, feature-ablation] }]\n";

Deno.test("runExperimentCommand() --plan lists many cells by setting, and names the row that does not fit", () =>
  withDirectory(async (directory) => {
    const rows = Array.from({ length: 501 }, (_, i) => ({ prompt: `p${i}`, target: i === 7 ? "" : " t" }));
    await Deno.writeTextFile(`${directory}/rows.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n"));
    const args = ["FILE", "--plan", "--out", `${directory}/out`];
    const points = [3, 3] as const;
    const same = { pathPoints: points, forwardRows: points, backwardRows: points, work: points, bytes: points };
    const openForecast = () =>
      Promise.resolve({ forecast: noForecast, forecastResolved: () => Promise.resolve(same), close: () => {} });
    const { code, stdout } = await command(directory, args, ON_FILE, {}, { openForecast });
    assert.equal(code, 1);
    assert.match(stdout, /^ *saliency, 500 cells +1500 +1500 +1500 +3 B +12 min 30 s–50 min 0 s +missing$/m);
    assert.match(stdout, /^ *ablation delete, 1 cells +cannot run$/m);
    assert.match(
      stdout,
      /rows\.jsonl:8: target: expected .*, got "": rows-\w+-saliency-\w+, rows-\w+-ablation-delete-/,
    );
    assert.match(stdout, /^1002 cells, 0 stored in .*; to compute: 3000 points/m);
    assert.match(stdout, /^Of more than 20 cells of one setting, five were rehearsed;/m);
  }));

Deno.test("runExperimentCommand() exits with 2 for a malformed file of prompts, and makes nothing", () =>
  withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/rows.jsonl`, "{}\n{");
    const { code, stderr, out } = await command(directory, ["FILE", "--out", `${directory}/out`], ON_FILE);
    assert.equal(code, 2);
    assert.equal(stderr, `${directory}/rows.jsonl:2: expected a JSON object, got an end\n`);
    assert.throws(() => Deno.statSync(out), Deno.errors.NotFound);
  }));

Deno.test("runExperimentCommand() exits with 1 where a cell failed, and says how to go on", () =>
  withDirectory(async (directory) => {
    const attribute = () => Promise.reject(new Error("Cannot go on"));
    const args = ["FILE", "--out", `${directory}/out`];
    const { code, stdout, stderr } = await command(directory, args, SWEEP, { attribute });
    assert.equal(code, 1);
    assert.match(stderr, /\[ 1\/18\] .*: FAILED: Cannot go on/);
    assert.match(
      stdout,
      /18 failed\nThe same command computes the cells that failed again, and keeps the others\.\nOpen/,
    );
  }));

Deno.test("runExperimentCommand() fails with the model's own error where none can be opened", () =>
  withDirectory(async (directory) => {
    const open = () => Promise.reject(new Error("Cannot open it"));
    const args = ["FILE", "--out", `${directory}/out`];
    await assert.rejects(command(directory, args, SWEEP, {}, { open }), { message: "Cannot open it" });
  }));

Deno.test("runExperimentCommand() says once that one of the models cannot be opened, and exits with 1", () =>
  withDirectory(async (directory) => {
    const context = fakeContext();
    const open: CommandIo["open"] = (model) =>
      model.source === "missing" ? Promise.reject(new Error("Cannot open it")) : context.open(model);
    const yaml = SWEEP.replace("prompts:", "model: [embedded, missing]\nprompts:");
    const { code, stderr } = await command(directory, ["FILE", "--out", `${directory}/out`], yaml, {}, { open });
    assert.equal(code, 1);
    assert.ok(stderr.endsWith("opening the model missing\nCannot open it: 18 cells of the model missing FAILED\n"));
  }));

Deno.test("runExperimentCommand() exits with 3 under --strict where a tolerance was not met, else with 0", () =>
  withDirectory(async (directory) => {
    const yaml = SWEEP.replace("0.01", "1e-12\n    budget: 10");
    const args = ["FILE", "--out", `${directory}/out`];
    assert.equal((await command(directory, args, yaml)).code, 0);
    assert.equal((await command(directory, [...args, "--strict"], yaml)).code, 3);
    assert.equal((await command(directory, [...args, "--strict"])).code, 0);
  }));

Deno.test("runExperimentCommand() exits with 2 for a mistake in the YAML, all of them on stderr, and makes nothing", () =>
  withDirectory(async (directory) => {
    const yaml = SWEEP.replace("question:", "qestion:").replace("steps: [5", "steps: [0");
    const { code, stderr, out } = await command(directory, ["FILE", "--out", `${directory}/out`], yaml);
    assert.equal(code, 2);
    assert.deepEqual(stderr.trim().split("\n").map((line) => line.split(":").slice(1, 3).join(":")), [
      "2:1",
      "14:13",
    ]);
    assert.throws(() => Deno.statSync(out), Deno.errors.NotFound);
  }));

for (
  const [what, args, message] of [
    ["no file", [], /a YAML file must be named: got none/],
    ["two files", ["FILE", "FILE"], /as there must be one argument beside the options: got 2/],
    ["a missing file", ["nowhere.yaml"], /Cannot read nowhere\.yaml as it must exist: got nothing/],
    ["an unknown option", ["FILE", "--fast"], /Cannot use --fast as it must be an option/],
    ["an unknown device", ["FILE", "--device", "gpu"], /must be one of auto, webgpu, cpu, reference: got "gpu"/],
    ["memory of no size", ["FILE", "--memory", "some"], /must be a size like 512MiB or 2GiB: got "some"/],
    ["an empty output directory", ["FILE", "--out", ""], /must not be empty/],
    ["standard output for a directory", ["FILE", "--out", "-"], /--out as it must name a directory/],
  ] as [string, string[], RegExp][]
) {
  Deno.test(`runExperimentCommand() refuses ${what} as wrong usage`, () =>
    withDirectory(async (directory) => {
      await assert.rejects(command(directory, args), { name: "UsageError", message });
    }));
}

Deno.test("runExperimentCommand() --help explains itself on stdout", () =>
  withDirectory(async (directory) => {
    const { code, stdout } = await command(directory, ["--help"]);
    assert.equal(code, 0);
    for (const option of ["--out", "--model", "--quantize", "--device", "--memory", "--plan", "--strict"]) {
      assert.ok(stdout.includes(option));
    }
  }));

Deno.test("runExperimentCommand() computes a shard, says what is missing, merges it, and lets the last one make the tables", () =>
  withDirectory(async (directory) => {
    const out = ["--out", `${directory}/out`];
    const first = await command(directory, ["FILE", ...out, "--shard", "2/2"]);
    assert.equal(first.code, 0);
    const [, dealt] = /^Shard 2\/2, (\d+) of 18 cells: \1 computed, 0 already there, 0 failed\n/.exec(first.stdout)!;
    const missing = 18 - Number(dealt);
    assert.match(first.stdout, new RegExp(`\n${missing} cells of other shards are not there yet; .* --merge .*\n$`));
    const merged = await command(directory, ["FILE", ...out, "--merge"]);
    assert.equal(merged.code, 1);
    assert.match(
      merged.stdout,
      new RegExp(`\n0 cells computed, ${dealt} already there, 0 failed, ${missing} missing\n`),
    );
    assert.match(
      merged.stderr,
      new RegExp(`^${missing} of 18 cells are not there yet: [^]* --shard 1/2 {3}# ${missing} cells\n`),
    );
    const last = await command(directory, ["FILE", ...out, "--shard", "1/2"]);
    assert.equal(last.code, 0);
    assert.ok(last.stdout.endsWith(`0 cells computed, 18 already there, 0 failed\nOpen ${first.out}/report.html\n`));
    assert.equal((await command(directory, ["FILE", ...out, "--merge"])).code, 0);
  }));

for (
  const [args, message] of [
    [["--shard", "3/2"], /--shard|must be K\/N with K of 1 to N/],
    [["--shard", "1/2", "--merge"], /--merge must stand without --shard/],
  ] as const
) {
  Deno.test(`runExperimentCommand() refuses ${args.join(" ")}`, () =>
    withDirectory(async (directory) => {
      await assert.rejects(command(directory, ["FILE", ...args]), { name: "UsageError", message });
    }));
}
