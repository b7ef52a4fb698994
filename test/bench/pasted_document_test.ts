import assert from "node:assert/strict";
import { pastedDocument } from "../../bench/scaling/pasted_document.ts";
import { loadModel } from "../../src/model/model.ts";

const model = await loadModel(undefined, { device: "reference" });
const tokenizer = await model.tokenizer();
model.close();

Deno.test("pastedDocument() has as many tokens as are asked for, a longer one the shorter one's document", async () => {
  const [short, long] = await Promise.all([1000, 4096].map((tokens) => pastedDocument(tokenizer, tokens)));
  assert.equal(short.prompt.length, 1000);
  assert.equal(long.prompt.length, 4096);
  assert.deepEqual(long.target, short.target);
  assert.deepEqual(long.prompt.slice(0, 500), short.prompt.slice(0, 500));
  assert.deepEqual(long.prompt.slice(-20), short.prompt.slice(-20));
  assert.deepEqual(await pastedDocument(tokenizer, 1000), short);
});

Deno.test("pastedDocument() refuses to leave out the question or its answer", async () => {
  await assert.rejects(pastedDocument(tokenizer, 10), /Cannot make a prompt of 10 tokens as it must have at least \d+/);
});
