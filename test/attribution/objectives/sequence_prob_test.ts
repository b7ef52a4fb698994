import { sequenceProb } from "../../../src/attribution/objectives/sequence_prob.ts";
import { assertClose } from "../../support/closeness.ts";

const SCORES = Float64Array.of(-0.3, -2, -0.7);

const TANGENT = Float64Array.of(0.5, -1.25, 2);

const STEP = 1e-5;

const at = (shift: number) => sequenceProb().value([SCORES.map((value, t) => value + shift * TANGENT[t])])[0];

Deno.test("sequenceProb() is the product of the target's probabilities", () => {
  assertClose(sequenceProb().value([SCORES]), [Math.exp(-0.3) * Math.exp(-2) * Math.exp(-0.7)], {
    absolute: 1e-15,
    relative: 0,
  });
});

Deno.test("sequenceProb() has the derivative of central differences, forward and in reverse", () => {
  const slope = (at(STEP) - at(-STEP)) / (2 * STEP);
  const tolerance = { absolute: 1e-10, relative: 0 };
  assertClose(sequenceProb().derivative([SCORES], [TANGENT]), [slope], tolerance);
  const [factor] = sequenceProb().factors([SCORES]);
  assertClose([TANGENT.reduce((total, value) => total + factor * value, 0)], [slope], tolerance);
});
