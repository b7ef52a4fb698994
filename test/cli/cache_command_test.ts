import assert from "node:assert/strict";
import { join } from "node:path";
import { createQuantized, quantizedFile, type QuantizedKey } from "../../src/checkpoint/cache/quantized_cache.ts";
import { quantizeNf4 } from "../../src/quant/nf4.ts";
import { runCliProcess } from "../support/run_cli.ts";

Deno.test("cache list shows what is kept, cache prune removes what is not used", async () => {
  const cache = await Deno.makeTempDir({ prefix: "whence-cache-" });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCliProcess(["cache", ...args], { WHENCE_CACHE: cache });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  try {
    assert.equal(await run("list"), `0 B in ${cache}\n`);
    const key: QuantizedKey = { fingerprint: "sha256:0", config: "sha256:0", format: "nf4" };
    const path = quantizedFile(key, join(cache, "quantized"));
    const writer = createQuantized(path, key, "models/some", [{ name: "w", shape: [1, 64] }]);
    writer.write(quantizeNf4(new Float32Array(64).fill(1), [1, 64]));
    writer.keep();
    const today = new Date().toISOString().slice(0, 10);
    assert.match(await run("list"), new RegExp(`^quantized +\\d+ B +${today} +models/some$`, "m"));
    assert.match(await run("prune"), /^removed 0 files, 0 B, from /);
    const old = new Date(Date.now() - 40 * 24 * 3600 * 1000);
    await Deno.utime(path, old, old);
    assert.match(await run("prune", "--unused", "50"), /^removed 0 files/);
    assert.match(await run("prune"), /^removed 1 files, \d+ B, from /);
    assert.equal(await run("list"), `0 B in ${cache}\n`);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
