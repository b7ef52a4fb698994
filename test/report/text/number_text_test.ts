import assert from "node:assert/strict";
import { fixedText, numberText, percentText } from "../../../src/report/text/number_text.ts";

const CASES: [number, string][] = [
  [0, "0"],
  [-0.5442, "−0.5442"],
  [123456, "123456"],
  [1.5, "1.5"],
  [100, "100"],
  [0.99996, "1"],
  [-1.234567e-7, "−1.235e−7"],
  [2e9, "2e9"],
];
for (const [value, text] of CASES) {
  Deno.test(`numberText(${value}) is ${text}`, () => assert.equal(numberText(value), text));
}

Deno.test("numberText() writes the plus where it is asked for", () => assert.equal(numberText(2, 4, true), "+2"));
Deno.test("percentText() is a percentage, n/a for null", () => {
  assert.equal(percentText(0.01234), "1.23 %");
  assert.equal(percentText(null), "n/a");
});

Deno.test("fixedText() has a true minus sign and so many decimals", () => {
  assert.equal(fixedText(-0.25, 4), "−0.2500");
  assert.equal(fixedText(12, 1), "12.0");
});
