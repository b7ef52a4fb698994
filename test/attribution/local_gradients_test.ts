import assert from "node:assert/strict";
import { inputXGradient, saliency } from "../../src/attribution/local_gradients.ts";
import { straightPath } from "../../src/attribution/point_function.ts";
import { integrateFixed } from "../../src/attribution/integrated_gradients.ts";
import { assertClose } from "../support/closeness.ts";
import { BILINEAR, type ClosedForm, LINEAR, MAX, NETWORK, pathOf, pointsOf, QUADRATIC } from "./closed_form.ts";

const EXACT = { absolute: 1e-12, relative: 0 };
const all = ({ end }: ClosedForm) => end.map(() => true);

Deno.test("inputXGradient() of a linear function is complete from zero", async () => {
  const { attribution, input, baseline, total } = await inputXGradient(pointsOf(LINEAR), all(LINEAR), "sequence");
  assertClose(attribution, [3 * 2, -2 * 3, 1], EXACT);
  assertClose([input[0] - baseline[0], total![0]], [1, 1], EXACT);
});

Deno.test("inputXGradient() counts a product twice and a square twice, for it is no integral", async () => {
  assertClose((await inputXGradient(pointsOf(BILINEAR), all(BILINEAR), "sequence")).attribution, [6, 6], EXACT);
  assertClose((await inputXGradient(pointsOf(QUADRATIC), all(QUADRATIC), "sequence")).attribution, [8, -6], EXACT);
  assertClose((await inputXGradient(pointsOf(MAX), all(MAX), "token")).attribution, [0, 6], EXACT);
});

Deno.test("inputXGradient() gives nothing to a coordinate that is not attributed, and keeps it in the baseline", async () => {
  const { attribution, baseline } = await inputXGradient(pointsOf(LINEAR), [true, false, true], "sequence");
  assertClose(attribution, [6, 0, 1], EXACT);
  assertClose(baseline, [-2 * 3], EXACT);
});

Deno.test("saliency() gives norms of each target's gradient, and for the sequence norms of the sum's", async () => {
  const points = pointsOf(NETWORK);
  const [first, second] = NETWORK.slope.map((slope) => slope(NETWORK.end));
  const both = first.map((value, i) => value + second[i]);
  for (const norm of ["sum", "l1", "l2"] as const) {
    // A row of one number is its own sum.
    const of = (values: readonly number[]) => norm === "sum" ? values : values.map(Math.abs);
    const { sequence, matrix, input } = await saliency(points, norm, true);
    assertClose(matrix!, [...of(first), ...of(second)], EXACT, norm);
    assertClose(sequence, of(both), EXACT, norm);
    assertClose(input, NETWORK.value.map((value) => value(NETWORK.end)), EXACT);
  }
  assert.equal((await saliency(points, "l2", false)).matrix, null);
});

Deno.test("straightPath() of points is the path itself", async () => {
  for (const form of [LINEAR, BILINEAR, QUADRATIC, MAX, NETWORK]) {
    const straight = straightPath(pointsOf(form), Float64Array.from(form.start), Float64Array.from(form.end));
    for (const gradient of ["sequence", "token"] as const) {
      const actual = await integrateFixed(straight, "gauss-legendre", 7, gradient);
      const expected = await integrateFixed(pathOf(form), "gauss-legendre", 7, gradient);
      assertClose(actual.attribution, expected.attribution, EXACT);
      assertClose(actual.total!, expected.total!, EXACT);
    }
  }
});
