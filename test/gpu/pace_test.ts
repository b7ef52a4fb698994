import assert from "node:assert/strict";
import { createPace } from "../../src/gpu/pace.ts";

/** Runs work on a device of a rate, in submissions of the pace's; returns the seconds of the longest in each run. */
function longestSubmissions(rate: number, runs: number, work: number): number[] {
  const pace = createPace();
  return Array.from({ length: runs }, () => {
    const longest = Math.min(work, pace.submission) / rate;
    pace.learn(work, work / rate, work / rate + 0.01);
    return longest;
  });
}

Deno.test("createPace() begins with submissions of less than a second on a GPU of a tenth of its guess", () => {
  assert.ok(longestSubmissions(2e9, 1, 1e12)[0] < 1);
});

Deno.test("createPace() comes to submissions of 0.1 to 0.2 s on slow and fast devices, from below on fast ones", () => {
  for (const rate of [1e9, 1e10, 1e11, 1e12, 1e13]) {
    const longest = longestSubmissions(rate, 8, 100 * rate);
    assert.ok(longest[7] > 0.1 && longest[7] < 0.2, `${rate}: ${longest}`);
    if (rate >= 1e10) { for (const seconds of longest) assert.ok(seconds < 0.2, `${rate}: ${longest}`); }
  }
});

Deno.test("createPace() takes a slower pace at once, and a faster one by steps", () => {
  const pace = createPace();
  const first = pace.submission;
  pace.learn(1e12, 1, 1);
  assert.equal(pace.submission, 4 * first);
  pace.learn(1e9, 1, 1);
  assert.equal(pace.submission, 0.1 * first);
});

Deno.test("createPace() lets a launch take a third of a second at the pace that was seen, from the first run on", () => {
  const pace = createPace();
  assert.ok(pace.launch < 1e10);
  pace.learn(1e12, 0, 1);
  assert.ok(Math.abs(pace.launch / 1e12 - 0.3) < 0.04, `${pace.launch}`);
  pace.learn(1e9, 1, 1);
  assert.ok(Math.abs(pace.launch / 1e9 - 0.3) < 0.04, `${pace.launch}`);
});

Deno.test("createPace() goes on to what was seen in runs that are too short to tell", () => {
  const pace = createPace();
  pace.learn(1e12, 1, 1);
  for (let run = 0; run < 5; run++) pace.learn(1e3, 0.001, 0.001);
  assert.ok(Math.abs(pace.submission / 1e12 - 0.15) < 0.05, `${pace.submission}`);
});

Deno.test("createPace() learns nothing slower from runs that are mostly waiting, and of which little is known", () => {
  const pace = createPace();
  const first = pace.submission;
  pace.learn(1e6, 0.012, 0.012);
  pace.learn(1e9, 0, 30);
  assert.equal(pace.submission, first);
});

Deno.test("createPace() keeps a least pace when the machine slept during a run", () => {
  const pace = createPace();
  pace.learn(1e9, 36_000, 36_000);
  assert.ok(pace.submission >= 1e7);
});
