import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inScratch } from "./support/in_scratch.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as { exports: Record<string, string> };

/** Runs Deno without a prompt and returns what it says on stderr if it fails. */
async function failureOf(args: readonly string[]): Promise<string> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  return code === 0 ? "" : new TextDecoder().decode(stderr);
}

for (const path of Object.values(exports)) {
  Deno.test(`importing ${path} asks for no permission`, async () => assert.equal(await failureOf([path]), ""));
}

const SCRIPT = `
  const { attribute, loadModel } = await import(${JSON.stringify(`${ROOT}mod.ts`)});
  const model = await loadModel(undefined, { device: Deno.args[0] });
  const record = await attribute(model, { prompt: "In", target: " he" }, { method: "saliency" });
  if (record.device.backend !== Deno.args[0]) Deno.exit(1);
  model.close();
`;

/** Flags that a row of the table in docs/library.md asks for. */
function documented(work: string): string[] {
  const row = DOCUMENT.split("\n").find((line) => line.startsWith(`| ${work}`));
  return row!.match(/--allow-[a-z=]+/g)!;
}

const DOCUMENT = await Deno.readTextFile(`${ROOT}docs/library.md`);
const SMALLEST = documented("an attribution");

for (const device of ["reference", "cpu", "webgpu"]) {
  const permissions = SMALLEST;
  Deno.test(`an attribution on the device ${device} needs ${permissions.join(" ")} alone`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, SCRIPT);
      assert.equal(await failureOf([...permissions, file, device]), "");
      for (const left of permissions) {
        const others = permissions.filter((permission) => permission !== left);
        assert.notEqual(await failureOf([...others, file, device]), "", `without ${left}`);
      }
    } finally {
      await Deno.remove(file);
    }
  });
}

const ATTRIBUTE = ["attribute", "--model", "chains", "--device", "cpu", "--prompt", "In", "--target", " he"];
const SWEEP = `
name: small
question: Which token?
model: chains
device: cpu
prompts: [{ name: one, prompt: In, target: " he" }]
sweeps: [{ method: saliency, tokens: true }]
`;

/** Runs a command and returns what it says if it fails. */
async function commandFailure(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { NO_COLOR: "1", WHENCE_CACHE: join(cwd, "cache") };
  const { code, stderr } = await new Deno.Command(command, { args: [...args], cwd, env, stdin: "null" }).output();
  return code === 0 ? "" : new TextDecoder().decode(stderr);
}

const COMMANDS: readonly (readonly [work: string, args: readonly string[], extra: RegExp])[] = [
  ["pictures as PNG", [...ATTRIBUTE, "--method", "saliency", "--format", "png"], /--allow-sys/],
  ["an experiment", ["experiment", "small.yaml"], /--allow-(sys|write)/],
];

for (const [work, args, extra] of COMMANDS) {
  Deno.test(`${work} needs the permissions of its row in docs/library.md, and each that others do not`, () =>
    inScratch(async (directory) => {
      await Deno.writeTextFile(join(directory, "small.yaml"), SWEEP);
      const flags = documented(work);
      const run = (given: readonly string[]) => {
        const deno = ["run", "--no-prompt", "--no-check", ...given, `${ROOT}src/cli/main.ts`];
        return commandFailure(Deno.execPath(), [...deno, ...args], directory);
      };
      assert.equal(await run(flags), "");
      await Deno.remove(join(directory, "results"), { recursive: true }).catch(() => {});
      for (const left of flags.filter((flag) => extra.test(flag))) {
        assert.match(await run(flags.filter((flag) => flag !== left)), /Requires|allow/, `without ${left}`);
      }
    }));
}

Deno.test("whence, installed as docs/library.md says, runs from any directory with relative paths", () =>
  inScratch(async (root) => {
    const [, line] = /^ {4}(deno install -g [^]*?main\.ts)$/m.exec(DOCUMENT)!;
    const [deno, ...args] = line.replaceAll(/\\\n\s*/g, "").split(" ");
    assert.equal(deno, "deno");
    assert.deepEqual(args.filter((arg) => arg.startsWith("--allow-")).sort(), documented("an experiment").sort());
    const install = [args[0], args[1], "--root", root, ...args.slice(2)];
    assert.equal(await commandFailure(Deno.execPath(), install, ROOT), "");
    const directory = join(root, "elsewhere");
    await Deno.mkdir(directory);
    await Deno.writeTextFile(join(directory, "small.yaml"), SWEEP);
    const whence = join(root, "bin", "whence");
    assert.equal(await commandFailure(whence, ["experiment", "small.yaml"], directory), "");
    const summary = await Deno.readTextFile(join(directory, "results", "small", "summary.md"));
    assert.match(summary, /Which token\?[^]*^whence experiment small\.yaml --out results\/small$/m);
    assert.equal(
      await commandFailure(whence, [...ATTRIBUTE, "--format", "svg", "--out", "results/one.svg"], directory),
      "",
    );
    assert.match(await Deno.readTextFile(join(directory, "results", "one.svg")), /^<svg/);
  }));
