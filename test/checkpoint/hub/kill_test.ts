import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { contentAnswer } from "./hub_server.ts";
import { blobOf, NAME, SINGLE_MODEL, snapshotNames, withHub } from "./trial.ts";

Deno.test("a process that is killed in a download leaves no lock and what has come, and another goes on there", () =>
  withHub(async (trial) => {
    const bytes = new Uint8Array(SINGLE_MODEL["model.safetensors"]);
    const partial = `${blobOf(trial.folder, SINGLE_MODEL, "model.safetensors")}.incomplete`;
    trial.server.intercept = (request, host) =>
      host === "cdn" ? { ...contentAnswer(bytes, request), cut: 7_000, silent: true } : undefined;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", fileURLToPath(new URL("./fetch_process.ts", import.meta.url)), NAME],
      env: { HF_HUB_CACHE: trial.cache, HF_ENDPOINT: trial.server.endpoint },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const came = () => {
      try {
        return Deno.statSync(partial).size;
      } catch {
        return 0;
      }
    };
    for (let turn = 0; turn < 4000 && came() < 7_000; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill("SIGKILL");
    await process.status;
    assert.equal(came(), 7_000);
    assert.ok(!snapshotNames(trial.folder, SINGLE_MODEL).includes("model.safetensors"));
    trial.server.intercept = () => undefined;
    trial.server.requests.length = 0;
    const { path } = await trial.fetch();
    assert.ok(trial.server.requests.some((request) => request.startsWith("CDN") && request.endsWith(" bytes=7000-")));
    assert.deepEqual(await Deno.readFile(`${path}/model.safetensors`), bytes);
    assert.deepEqual(trial.hints, []);
  }));
