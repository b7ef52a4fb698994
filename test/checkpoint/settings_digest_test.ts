import assert from "node:assert/strict";
import { settingsDigest } from "../../src/checkpoint/settings_digest.ts";

Deno.test("settingsDigest() differs with any value, and not with white space", () => {
  const digest = settingsDigest({ rope_theta: 10000, layers: [1, 2] });
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.equal(settingsDigest(JSON.parse('{ "rope_theta": 1e4,\n "layers": [1, 2] }')), digest);
  assert.notEqual(settingsDigest({ rope_theta: 10001, layers: [1, 2] }), digest);
  assert.notEqual(settingsDigest({ rope_theta: 10000, layers: [2, 1] }), digest);
  assert.notEqual(settingsDigest(null), digest);
});
