import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../src/model/model.ts";
import { withOpenedDevices } from "../support/opened_devices.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MIB = 2 ** 20;

// A model that is not closed keeps 20 MiB.
const SCRIPT = `
import { attribute, loadModel } from "${ROOT}mod.ts";
const sizes = [];
for (let load = 0; load < 14; load++) {
  const model = await loadModel(undefined, { device: "cpu" });
  await attribute(model, { prompt: "Michael works as a", target: " he" }, { method: "saliency" });
  model.close();
  gc();
  await new Promise((resume) => setTimeout(resume, 1));
  sizes.push(Deno.memoryUsage().rss);
}
console.log(JSON.stringify(sizes));
`;

Deno.test("model.close() frees native sessions: loading again and again takes no more memory", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, SCRIPT);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", file],
      cwd: ROOT,
      stderr: "inherit",
    }).output();
    const sizes: number[] = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok(sizes[13] - sizes[3] < 80 * MIB, `${sizes.map((size) => Math.round(size / MIB))} MiB`);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("model.close() destroys the device of WebGPU, with every buffer", () =>
  withOpenedDevices(async (devices) => {
    const model = await loadModel("chains", { device: "webgpu" });
    model.close();
    assert.equal(devices.length, 1);
    assert.equal((await devices[0].lost).reason, "destroyed");
    await assert.rejects(model.score([new Float32Array(model.config.hiddenSize)], [1]), /closed/);
  }));
