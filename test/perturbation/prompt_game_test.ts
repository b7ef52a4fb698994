import assert from "node:assert/strict";
import { coalitionOf } from "../../src/perturbation/coalition.ts";
import { promptGame, type PromptProblem } from "../../src/perturbation/prompt_game.ts";
import { createScorer } from "../../src/perturbation/scorer.ts";

/** A prompt of 5 rows [5, 2]; the scores are its first row's first number and the sum of all. */
function problemOf(groups: number[][]): PromptProblem & { readonly lengths: number[][] } {
  const lengths: number[][] = [];
  return {
    prompt: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    hiddenSize: 2,
    groups,
    targets: 2,
    lengths,
    score(prompts) {
      lengths.push(prompts.map(({ embeddings }) => embeddings.length / 2));
      return Promise.resolve(
        prompts.map(({ embeddings }) => Float64Array.of(embeddings[0], embeddings.reduce((a, b) => a + b, 0))),
      );
    },
  };
}

Deno.test("promptGame() replaces the rows of every unit that is taken away", async () => {
  const problem = problemOf([[0, 3], [2]]);
  const game = promptGame(problem, { kind: "row", row: Float32Array.of(-1, 0) });
  const scores = await game.score([0b11, 0b10, 0b01, 0b00].map((bits) => coalitionOf(bits, 2)));
  assert.deepEqual(scores.map((score) => [...score]), [[1, 55], [-1, 35], [1, 43], [-1, 23]]);
  assert.deepEqual([game.scoresNothing, game.units, game.targets], [true, 2, 2]);
});

Deno.test("promptGame() deletes rows and asks for all lengths at once, so that the model may share common rows", async () => {
  const problem = problemOf([[0, 3], [2], [4]]);
  const game = promptGame(problem, { kind: "delete" });
  const scores = await game.score([0b111, 0b110, 0b101, 0b011].map((bits) => coalitionOf(bits, 3)));
  assert.deepEqual(scores.map((score) => [...score]), [[1, 55], [3, 37], [1, 44], [1, 36]]);
  assert.deepEqual(problem.lengths, [[5, 3, 4, 4]]);
  assert.equal(game.scoresNothing, true);
});

Deno.test("promptGame() says that deleting every token leaves nothing to score", async () => {
  const game = promptGame(problemOf([[0, 1], [2, 3, 4]]), { kind: "delete" });
  assert.equal(game.scoresNothing, false);
  await assert.rejects(createScorer(game).score([coalitionOf(0, 2)]), /a token must be left/);
});

Deno.test("promptGame() refuses positions in two units, outside the prompt, and empty units", () => {
  const row = { kind: "row", row: new Float32Array(2) } as const;
  for (const groups of [[[0], [1, 0]], [[5]], [[-1]], [[0.5]]]) {
    assert.throws(() => promptGame(problemOf(groups), row), /must be 0 … 4 and in no other unit: got/);
  }
  assert.throws(() => promptGame(problemOf([[1], []]), row), /Cannot ablate unit 1 as it must have a token/);
  assert.throws(() => promptGame(problemOf([]), row), /at least one unit/);
});

Deno.test("promptGame() refuses rows of another shape than the prompt's", () => {
  const problem = problemOf([[0]]);
  assert.throws(() => promptGame(problem, { kind: "row", row: new Float32Array(3) }), /row must be \[2\]: got \[3\]/);
  const rows = new Float32Array(8);
  assert.throws(() => promptGame(problem, { kind: "rows", rows }), /rows must be \[5, 2\]: got 8 numbers/);
});

Deno.test("promptGame() masks every token at once while the last one still predicts", async () => {
  const problem = problemOf([[0, 1], [2, 3, 4]]);
  const game = promptGame(problem, { kind: "mask-attention" });
  assert.equal(game.scoresNothing, true);
  const [nothing] = await game.score([coalitionOf(0, 2)]);
  assert.deepEqual([[...nothing], problem.lengths], [[9, 19], [[1]]]);
});
