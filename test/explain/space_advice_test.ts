import assert from "node:assert/strict";
import { spaceAdvice } from "../../src/explain/space_advice.ts";
import { resolveOptions } from "../../src/explain/methods/resolve_options.ts";

/** The advice for a target whose first token has a log-probability. */
function advice(promptText: string, targetText: string, logProb: number, more: { chat?: boolean } = {}): string[] {
  const targetTokens = [{ id: 0, text: targetText.slice(0, 2), start: 0, end: 2 }];
  const text = { promptText, targetText, targetTokens, generation: null, chat: false, ...more };
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
