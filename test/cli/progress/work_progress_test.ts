import assert from "node:assert/strict";
import { followTokens, followWork } from "../../../src/cli/progress/work_progress.ts";

Deno.test("followWork() tells the share and the time left of known work, without the time of the first run", () => {
  let seconds = 0;
  const follow = followWork({ work: [100, 100], pathPoints: [10, 10], seconds: null }, () => seconds);
  assert.deepEqual(follow(0), { share: 0, text: "preparing", passed: 0 });
  seconds = 30; // mostly kernels that were compiled
  assert.deepEqual(follow(20), { share: 0.2, text: "explaining", passed: 30 });
  seconds = 34;
  assert.deepEqual(follow(40), { share: 0.4, text: "explaining", passed: 34, left: 12 });
});

Deno.test("followWork() tells the points so far, and no share, where the error decides how many", () => {
  let seconds = 0;
  const follow = followWork({ work: [10, 1000], pathPoints: [10, 1000], seconds: null }, () => seconds);
  seconds = 2;
  follow(10);
  seconds = 3;
  assert.deepEqual(follow(30), {
    share: null,
    text: "explaining",
    passed: 3,
    left: 970 / 20,
    atMost: true,
    detail: "about 30 path points: the error decides how many, up to 1000",
  });
  const round = { points: 28, certificate: 0.125, tolerance: 0.01 };
  assert.equal(follow(30, round).detail, "κ 12.5 %, to reach 1 %, 28 of at most 1000 path points");
});

Deno.test("followWork() goes by the pace that was foretold until there is one, and says little where nothing is known", () => {
  const follow = followWork({ work: [100, 100], pathPoints: [0, 0], seconds: [25, 100] }, () => 0);
  assert.equal(follow(0).left, 50);
  assert.deepEqual(followWork(null, () => 7)(5), { share: null, text: "explaining", passed: 7 });
});

Deno.test("followWork() does not name points where a generated target makes the range", () => {
  const follow = followWork({ work: [10, 1000], pathPoints: [52, 52], seconds: null }, () => 1);
  assert.equal(follow(5).detail, undefined);
});

Deno.test("followTokens() tells the reading of the prompt, then tokens and the most time left", () => {
  let seconds = 1;
  const follow = followTokens(18, 5, () => seconds);
  assert.deepEqual(follow(0), { share: null, text: "reading 18 tokens", passed: 1 });
  seconds = 10;
  assert.deepEqual(follow(1), { share: 0.2, text: "1 of 5 tokens" });
  seconds = 12;
  assert.deepEqual(follow(2), { share: 0.4, text: "2 of 5 tokens", left: 6, atMost: true });
});
