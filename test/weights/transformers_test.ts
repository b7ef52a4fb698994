import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_DIRECTORY } from "../support/model_copy.ts";
import { inScratch } from "../support/in_scratch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// The package brings 0.2 GB of its own, so that it stands in no lock file of this repository.
const SCRIPT = (directory: string) => `
import { AutoTokenizer, env } from "npm:@huggingface/transformers@4";
import { attribute, loadModel } from "${ROOT}mod.ts";

env.allowRemoteModels = false;
env.localModelPath = "/";
const tokenizer = await AutoTokenizer.from_pretrained(${JSON.stringify(directory)});
const text = { prompt: "Michael works as a naïve engineer in Austin", target: " painting" };
const records = [];
for (const options of [{}, { tokenizer }]) {
  const model = await loadModel(undefined, { device: "cpu", ...options });
  records.push(await attribute(model, text, { method: "input-x-gradient" }));
  model.close();
}
console.log(JSON.stringify(records.map(({ prompt, target, sequenceAttribution, model }) =>
  ({ prompt, target, sequenceAttribution, identity: model.identity }))));
`;

Deno.test("loadModel() takes a tokenizer of npm:@huggingface/transformers, by its type and at work", () =>
  inScratch(async (folder) => {
    const script = join(folder, "script.ts");
    await Deno.writeTextFile(script, SCRIPT(EMBEDDED_DIRECTORY));
    await Deno.writeTextFile(join(folder, "deno.json"), "{}");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--check", "--no-lock", "--quiet", script],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const [usual, given] = JSON.parse(new TextDecoder().decode(stdout));
    assert.notEqual(given.identity, usual.identity);
    assert.deepEqual({ ...given, identity: null }, { ...usual, identity: null });
  }));
