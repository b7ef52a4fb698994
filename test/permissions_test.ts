import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

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

// As docs/library.md lists them: the tokenizer's library and ONNX Runtime are native.
const SMALLEST = ["--allow-read", "--allow-ffi", "--allow-env"] as const;

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
