import assert from "node:assert/strict";
import { cacheDirectory } from "../../../../src/checkpoint/cache/cache_directory.ts";
import { weightsCache } from "../../../../src/model/load/quantize/weights_cache.ts";

Deno.test("weightsCache() is the user's directory where it may be used, and none where it is off", async () => {
  assert.equal(await weightsCache("off"), null);
  assert.equal(await weightsCache("auto"), cacheDirectory());
});
