import assert from "node:assert/strict";
import { aggregate } from "../../src/units/aggregate.ts";
import { divide } from "../../src/units/divide.ts";
import type { Division } from "../../src/units/division.ts";
import { byteTokens, createRandom, randomText, tokensOf } from "./byte_tokens.ts";

const WORDS: Division = { kind: "words" };

const DIVISIONS: readonly Division[] = [{ kind: "tokens" }, WORDS, { kind: "sentences" }, { kind: "lines" }];

/** The exact sum of integers times 2⁻⁶⁰, where f64 keeps each number exactly. */
function exactSum(values: Iterable<number>): bigint {
  let total = 0n;
  for (const value of values) total += BigInt(Math.round(value * 2 ** 30)) * 2n ** 30n;
  return total;
}

Deno.test("aggregate() preserves sums of tokens and of targets, in 200 random texts", () => {
  const random = createRandom(4);
  for (let i = 0; i < 200; i++) {
    const [promptText, targetText] = [randomText(random), randomText(random)];
    const [prompt, target] = [byteTokens(promptText, random, 0.2), byteTokens(targetText, random)];
    const [L, T] = [prompt.length, target.length];
    const division = DIVISIONS[i % DIVISIONS.length];
    const [columns, rows] = [divide(promptText, prompt, division), divide(targetText, target, division)];
    // Multiples of 2⁻³⁰ below 2²⁰: sums of them are exact in f64, so that nothing but a wrong entry can make a
    // difference.
    const attribution = Float64Array.from({ length: T * L }, () => Math.round(random.normal() * 2 ** 40) / 2 ** 30);
    const summed = aggregate(attribution, rows, columns, { targets: T, tokens: L });
    assert.equal(summed.length, rows.length * columns.length);
    assert.equal(exactSum(summed), exactSum(attribution));
    columns.forEach((unit, u) => {
      const own = rows.map((_, r) => summed[r * columns.length + u]);
      const all = [...attribution].filter((_, k) => unit.tokens.includes(k % L));
      assert.equal(exactSum(own), exactSum(all));
    });
  }
});

Deno.test("aggregate() loses nothing, unlike plain sums", () => {
  const { text, tokens } = tokensOf("a", "b", "c", "d");
  const units = divide(text, tokens, WORDS);
  assert.deepEqual([...aggregate([1e16, 1, -1e16, 1], null, units, { targets: 1, tokens: 4 })], [2]);
});

Deno.test("aggregate() sums only the axes that it is told to, and refuses other shapes", () => {
  const { text, tokens } = tokensOf("a", "b", " c");
  const units = divide(text, tokens, WORDS);
  const shape = { targets: 2, tokens: 3 };
  assert.deepEqual([...aggregate([1, 2, 3, 4, 5, 6], null, units, shape)], [3, 3, 9, 6]);
  assert.deepEqual([...aggregate([1, 2, 3, 4, 5, 6], null, null, shape)], [1, 2, 3, 4, 5, 6]);
  assert.throws(() => aggregate([1, 2], null, units, shape), { name: "TypeError", message: /must be \[2, 3\]: got 2/ });
  assert.throws(
    () => aggregate([1, 2, 3, 4, 5, 6], units, null, shape),
    /must hold each of 2 tokens once: got 0, 1, 2/,
  );
});
