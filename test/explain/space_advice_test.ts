import assert from "node:assert/strict";
import { spaceAdvice } from "../../src/explain/space_advice.ts";
import { resolveOptions } from "../../src/explain/methods/resolve_options.ts";

/** The advice for a target whose first token has a log-probability. */
function advice(
  promptText: string,
  targetText: string,
  logProb: number,
  { chat = false, alternative }: { chat?: boolean; alternative?: string } = {},
): string[] {
  const targetTokens = [{ id: 0, text: targetText.slice(0, 2), start: 0, end: 2 }];
  const other = alternative === undefined ? null : { text: alternative, ids: [0], tokens: targetTokens };
  const text = { promptText, targetText, targetTokens, alternative: other, generation: null, chat };
  return spaceAdvice(text, resolveOptions({}), { input: new Float64Array([logProb, -0.1]) });
}

Deno.test("spaceAdvice() says that a word's space is missing where its first token is unlikely", () => {
  assert.deepEqual(advice("he enjoys", "painting", -19.26), [
    'The target begins without a space, and its first token "pa" is unlikely (−19.3 nats): if a word begins there, ' +
    "give the target its leading space.",
  ]);
  assert.match(advice("he enjoys ", "painting", -19)[0], /^The prompt ends with a space, .*end the prompt without its/);
});

Deno.test("spaceAdvice() is silent where nothing is wrong", () => {
  for (
    const [prompt, target, logProb] of [
      ["he enjoys", " painting", -19],
      ["he enjoys", "painting", -1],
      ["he enjoys", ", painting", -19],
      ["line\n", "painting", -19],
      ["he enjoys “", "painting", -19],
      ["日本の首都は", "東京", -19],
    ] as const
  ) {
    assert.deepEqual(advice(prompt, target, logProb), [], `${prompt}|${target}`);
  }
  assert.deepEqual(advice("he enjoys", "painting", -19, { chat: true }), []);
});

Deno.test("spaceAdvice() says that a target or its alternative lacks the space that the other has", () => {
  assert.deepEqual(advice("he enjoys", " painting", -1, { alternative: "hiking" }), [
    "The target begins with a space, its alternative without: if a word begins there, begin both with it.",
  ]);
  assert.deepEqual(advice("he enjoys", "Paris", -1, { chat: true, alternative: " London" }), [
    "The alternative begins with a space, its target without: begin both alike.",
  ]);
  for (const [target, alternative] of [[" painting", " hiking"], ["Paris", "London"], [" painting", ", hiking"]]) {
    assert.deepEqual(advice("he enjoys", target, -1, { alternative }), [], `${target}|${alternative}`);
  }
});
