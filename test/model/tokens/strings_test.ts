import assert from "node:assert/strict";
import { deriveTokenizer } from "../../../src/checkpoint/gguf/gguf_tokenizer.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { readQwenFiles } from "./qwen_files.ts";
import { testAgainstPython } from "./strings_golden.ts";

const LLAMA3 = new URL("../../golden/tokens/llama3/", import.meta.url);

// deno-lint-ignore require-await -- a promise as for the files of other tokenizers
async function readLlamaFiles() {
  const [tokenizer, config] = ["tokenizer.json", "tokenizer_config.json"].map((name) =>
    JSON.parse(Deno.readTextFileSync(new URL(name, LLAMA3)))
  );
  return { tokenizer, config };
}

/** The same tokenizer as llama.cpp's converter writes it into a GGUF file. */
async function readLlamaGguf() {
  const { tokenizer: { model, added_tokens: added }, config } = await readLlamaFiles();
  const tokens: string[] = [];
  for (const [token, id] of Object.entries<number>(model.vocab)) tokens[id] = token;
  for (const { id, content } of added) tokens[id] = content;
  const special = new Set(added.map(({ id }: { id: number }) => id));
  const metadata = new Map<string, never>(
    Object.entries({
      model: "gpt2",
      pre: "llama-bpe",
      tokens,
      token_type: tokens.map((_, id) => special.has(id) ? 3 : 1),
      merges: model.merges.map((merge: string[]) => merge.join(" ")),
      bos_token_id: tokens.indexOf(config.bos_token),
      eos_token_id: tokens.indexOf(config.eos_token),
    }).map(([key, value]) => [`tokenizer.ggml.${key}`, value as never]),
  );
  metadata.set("tokenizer.chat_template", config.chat_template as never);
  return deriveTokenizer(metadata, "model.gguf")!;
}

testAgainstPython("Qwen2.5", "qwen2_5", readQwenFiles);
testAgainstPython("a tokenizer of Llama 3's kind", "llama3", readLlamaFiles);
testAgainstPython("a tokenizer of Llama 3's kind in a GGUF file", "llama3", readLlamaGguf);

const llama = readLlamaFiles().then(loadTokenizer);

Deno.test("a tokenizer of Llama 3's kind adds one BOS to a text, and none to a template that has it", async () => {
  const { encodePrompt, encodeTarget, encodeJoint, tokenId } = await llama;
  const bos = await tokenId("<|begin_of_text|>");
  const count = (ids: readonly number[]) => ids.filter((id) => id === bos).length;
  const idsOf = async (chat: boolean) => (await encodePrompt("the time", { chat })).tokens.map(({ id }) => id);
  for (const ids of [await idsOf(false), await idsOf(true), await encodeJoint("the", " time")]) {
    assert.equal(ids[0], bos);
    assert.equal(count(ids), 1);
  }
  assert.equal(count(await encodeTarget(" time")), 0);
  const [first] = (await encodePrompt("the time")).tokens;
  assert.deepEqual([first.special, first.start, first.end], [true, -1, -1]);
});

Deno.test("encodePrompt() says what a template that refuses the messages says", async () => {
  const { encodePrompt } = await llama;
  await assert.rejects(encodePrompt("the", { chat: true, history: [{ role: "assistant", content: "time" }] }), {
    name: "RangeError",
    message:
      /^Cannot encode a chat as its template must take the messages: got .*The first message must not be the assistant’s/,
  });
});

Deno.test("halves of surrogate pairs are U+FFFD, and keep their places", async () => {
  const { encodePrompt, encodeTarget } = await llama;
  assert.deepEqual(await encodeTarget("a\ud800b\udc00"), await encodeTarget("a\ufffdb\ufffd"));
  const { tokens } = await encodePrompt("a\ud800b");
  assert.equal(tokens.at(-1)!.end, 3);
});
