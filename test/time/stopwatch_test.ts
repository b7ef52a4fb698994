import assert from "node:assert/strict";
import { startStopwatch } from "../../src/time/stopwatch.ts";

Deno.test("startStopwatch() counts the seconds since it was started", async () => {
  const seconds = startStopwatch();
  const first = seconds();
  await new Promise((done) => setTimeout(done, 20));
  assert.ok(first >= 0 && first < seconds());
  assert.ok(seconds() > 0.015 && seconds() < 60);
});
