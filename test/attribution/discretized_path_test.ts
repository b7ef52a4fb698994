import assert from "node:assert/strict";
import { discretizedPath, type WordEmbeddings } from "../../src/attribution/discretized_path.ts";
import { integratePolyline } from "../../src/attribution/polyline.ts";
import { assertClose } from "../support/closeness.ts";
import { randomValues } from "../support/random.ts";
import { LINEAR, pointsOf } from "./closed_form.ts";

/** Words of two coordinates; the baseline is the origin, no word. */
const PLANE: WordEmbeddings = {
  rows: Float32Array.from([[4, 4], [3, 5], [2, 3], [3, 1], [1, 2], [5, 5], [-1, 1]].flat()),
  hiddenSize: 2,
};

const ORIGIN = new Float32Array(2);

const points = (path: Float32Array[]) => path.map((point) => [...point]);

const corners = (...points: (readonly number[])[]) => points.map((point) => Float64Array.from(point));

Deno.test("discretizedPath() goes by the nearest monotonic words, as found by hand", () => {
  // From (4, 4): (2, 3) and (3, 1) need no move and (2, 3) is nearer; from (2, 3) so is (1, 2).
  for (const strategy of ["greedy", "max-count"] as const) {
    const path = discretizedPath(PLANE, 0, ORIGIN, { steps: 2, neighbours: 6, strategy });
    assert.deepEqual(points(path), [[0, 0], [1, 2], [2, 3], [4, 4]], strategy);
  }
});

Deno.test("discretizedPath() moves coordinates that are not between, 1/m of the way", () => {
  // Of (4, 4)'s two nearest, (3, 5) and (5, 5), the first has to be moved less: 5 becomes 4 − 4/2.
  const path = discretizedPath(PLANE, 0, ORIGIN, { steps: 2, neighbours: 2, strategy: "greedy" });
  assert.deepEqual(points(path).at(-2), [3, 2]);
});

Deno.test("discretizedPath() chooses neither a word twice nor the baseline, and ends there if no word is left", () => {
  const few = { rows: Float32Array.from([0, 0, 2, 2, 1, 1]), hiddenSize: 2 };
  const path = discretizedPath(few, 1, ORIGIN, { steps: 3, neighbours: 2, strategy: "greedy" });
  assert.deepEqual(points(path), [[0, 0], [0, 0], [0, 0], [1, 1], [2, 2]]);
});

Deno.test("discretizedPath() is monotonic in every coordinate for random words, tokens and baselines", () => {
  for (let seed = 0; seed < 200; seed++) {
    const D = 1 + seed % 7;
    const vocabulary = { rows: randomValues(30 * D, seed), hiddenSize: D };
    const baseline = seed % 2 === 0 ? vocabulary.rows.slice(0, D) : randomValues(D, 1000 + seed);
    const strategy = seed % 3 === 0 ? "max-count" : "greedy";
    const path = discretizedPath(vocabulary, 1 + seed % 29, baseline, { steps: 1 + seed % 9, neighbours: 8, strategy });
    assert.equal(path.length, 3 + seed % 9);
    for (let d = 0; d < D; d++) {
      const direction = Math.sign(path[path.length - 1][d] - path[0][d]);
      for (let k = 1; k < path.length; k++) assert.ok(direction * (path[k][d] - path[k - 1][d]) >= 0, `seed ${seed}`);
    }
  }
});

Deno.test("discretizedPath() refuses no steps, no neighbours and a word that is not there", () => {
  const options = { steps: 2, neighbours: 2, strategy: "greedy" } as const;
  assert.throws(() => discretizedPath(PLANE, 0, ORIGIN, { ...options, steps: 0 }), /steps must be .* got 0/);
  assert.throws(() => discretizedPath(PLANE, 0, ORIGIN, { ...options, neighbours: 0.5 }), /neighbours must be .* 0.5/);
  assert.throws(() => discretizedPath(PLANE, 7, ORIGIN, options), /token must be below 7: got 7/);
});

Deno.test("integratePolyline() gives coefficient times change for a linear function, whatever the way", async () => {
  const way = corners(LINEAR.start, [5, -1, 0], LINEAR.end);
  const { attribution, input, baseline, pathPoints } = await integratePolyline(pointsOf(LINEAR), way, "sequence");
  assertClose(attribution, [3, -6, 2], { absolute: 1e-13, relative: 0 });
  assertClose([input[0] - baseline[0]], [-1], { absolute: 1e-13, relative: 0 });
  assert.equal(pathPoints, 3);
});

Deno.test("integratePolyline() takes each segment at its start, each target by itself", async () => {
  // xy by way of (1, 0) and then (2, 3): gradients (0, 0) and (0, 1), steps (1, 0) and (1, 3).
  const form = {
    start: [0, 0],
    end: [2, 3],
    value: [([x, y]: readonly number[]) => x * y, ([x]: readonly number[]) => x],
    slope: [([x, y]: readonly number[]) => [y, x], () => [1, 0]],
  };
  const way = corners([0, 0], [1, 0], [2, 3]);
  const { attribution, total } = await integratePolyline(pointsOf(form), way, "token");
  assert.deepEqual([...attribution], [0, 3, 2, 0]);
  assert.deepEqual([...total!], [3, 2]);
});

Deno.test("integratePolyline() refuses a path without a segment", async () => {
  await assert.rejects(integratePolyline(pointsOf(LINEAR), corners([1, 1, 1]), "sequence"), /a segment: got 1 corners/);
});
