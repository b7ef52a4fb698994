import assert from "node:assert/strict";
import { wholePrompt } from "../../../src/perturbation/prompt_variant.ts";
import { placePrompts, sortPrompts } from "../../../src/model/run/prefix_rows.ts";

const D = 3;
/** Rows of D elements, one a letter. */
const rowsOf = (word: string) =>
  Float32Array.from([...word].flatMap((letter) => [0.5, letter.charCodeAt(0), -letter.charCodeAt(0)]));
const whole = (word: string) => wholePrompt(rowsOf(word), D);
const sort = (words: readonly string[], original = words[0]) => sortPrompts(words.map(whole), rowsOf(original), D);
const wordOf = (embeddings: Float32Array) =>
  Array.from({ length: embeddings.length / D }, (_, i) => String.fromCharCode(embeddings[i * D + 1])).join("");

/** The letters that lie at a placed prompt's places, with `shared` letters of the original before the batch's rows. */
function readBack(words: readonly string[], shared: number, tail: number): string[] {
  const placed = placePrompts(sort(words), shared, tail);
  const letters = [...words[0].slice(0, shared)];
  for (const { embeddings, own, places, rows } of placed) {
    assert.equal(places[own], letters.length, "own rows follow each other");
    letters.push(...wordOf(embeddings).slice(own), ..."+".repeat(tail));
    assert.equal(rows, places.length - own);
  }
  return placed.map(({ places }) => places.map((row) => letters[row]).join(""));
}

Deno.test("sortPrompts() puts prompts that begin alike together and equal ones into one", () => {
  const sorted = sort(["abcd", "bbcd", "abxd", "abcd", "ab", "bbc"]);
  assert.deepEqual(sorted.map(({ embeddings }) => wordOf(embeddings)), ["ab", "abcd", "abxd", "bbc", "bbcd"]);
  assert.deepEqual(sorted.map(({ indices }) => indices), [[4], [0, 3], [2], [5], [1]]);
  // The last row of a prompt predicts, so that it is never another's.
  assert.deepEqual(sorted.map(({ common }) => common), [1, 3, 2, 0, 0]);
});

Deno.test("sortPrompts() tells rows apart by their bits, zeros of either sign included", () => {
  const [one, other] = [Float32Array.of(0, 1, 2), Float32Array.of(-0, 1, 2)];
  const sortRows = (...rows: Float32Array[]) => sortPrompts(rows.map((row) => wholePrompt(row, D)), one, D);
  assert.equal(sortRows(one, other).length, 2);
  assert.equal(sortRows(one, one.slice()).length, 1);
});

Deno.test("sortPrompts() tells equal rows apart by their positions and by what the target sees", () => {
  const whole = wholePrompt(rowsOf("abc"), D);
  const later = { ...whole, positions: [0, 2, 3] };
  const unseen = { ...whole, lastSeen: false };
  const sorted = sortPrompts([whole, later, unseen, { ...later, next: 9 }, { ...unseen }], rowsOf("abcd"), D);
  assert.deepEqual(sorted.map(({ indices }) => indices), [[2, 4], [0], [1], [3]]);
  assert.deepEqual(sorted.map(({ common }) => common), [2, 2, 1, 1]);
});

Deno.test("placePrompts() lets each prompt find its own rows, whoever carries them", () => {
  const words = ["abcdef", "xbcdef", "axcdef", "abxdef", "abcdex", "abcde", "bcdef", "xxcdef"];
  for (const shared of [0, 2, 5]) {
    const expected = sort(words).map(({ embeddings }) => `${wordOf(embeddings)}++`);
    assert.deepEqual(readBack(words, shared, 2), expected, `${shared} shared`);
  }
});

Deno.test("placePrompts() carries each distinct beginning once", () => {
  const words = ["aaa", "aab", "aba", "abb", "baa", "bab", "bba", "bbb"];
  // Beginnings a, aa, ab, b, ba, bb are carried once; last rows and two of the target each time.
  const rows = placePrompts(sort(words), 0, 2).reduce((sum, one) => sum + one.rows, 0);
  assert.equal(rows, 6 + 8 * 3);
});
