import assert from "node:assert/strict";
import { join } from "node:path";
import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";
import type { GgufValue } from "../../../src/checkpoint/gguf/gguf_header.ts";
import { deriveTokenizer } from "../../../src/checkpoint/gguf/gguf_tokenizer.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { ggufBytes, list, smallGguf, text } from "./gguf_bytes.ts";
import { readQwenFiles } from "../../model/tokens/qwen_files.ts";
import { testAgainstTransformers } from "../../model/tokens/token_golden.ts";

interface FastTokenizer {
  readonly added_tokens: { id: number; content: string }[];
  readonly model: { vocab: Record<string, number>; merges: string[] };
}

/** The keys that llama.cpp's converter writes for Qwen2.5. */
async function qwenMetadata(): Promise<Map<string, GgufValue>> {
  const { tokenizer, config } = await readQwenFiles();
  const { added_tokens, model } = tokenizer as unknown as FastTokenizer;
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  const types = tokens.map(() => 1);
  for (const { id, content } of added_tokens) [tokens[id], types[id]] = [content, 3];
  return new Map<string, GgufValue>([
    ["tokenizer.ggml.model", "gpt2"],
    ["tokenizer.ggml.pre", "qwen2"],
    ["tokenizer.ggml.tokens", tokens],
    ["tokenizer.ggml.token_type", types],
    ["tokenizer.ggml.merges", model.merges],
    ["tokenizer.ggml.bos_token_id", 151643],
    ["tokenizer.ggml.eos_token_id", 151645],
    ["tokenizer.ggml.add_bos_token", false],
    ["tokenizer.chat_template", config.chat_template as string],
  ]);
}

testAgainstTransformers("Qwen2.5 out of GGUF metadata", "tokens_qwen2_5.json", async () => {
  return deriveTokenizer(await qwenMetadata(), "qwen.gguf")!;
});

/** Metadata of a byte-level vocabulary of a few ASCII characters. */
function tinyMetadata(entries: Record<string, GgufValue>): TokenizerFiles {
  const tokens = ["<s>", "</s>", "<user>", "a", "b", "Ġ", "1", "ab", "11", "111", "1111"];
  return deriveTokenizer(
    new Map<string, GgufValue>([
      ["tokenizer.ggml.model", "gpt2"],
      ["tokenizer.ggml.pre", "llama-bpe"],
      ["tokenizer.ggml.tokens", tokens],
      ["tokenizer.ggml.token_type", [3, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1]],
      ["tokenizer.ggml.merges", ["a b", "1 1", "11 1", "11 11"]],
      ["tokenizer.ggml.bos_token_id", 0],
      ["tokenizer.ggml.eos_token_id", 1],
      ...Object.entries(entries),
    ]),
    "tiny.gguf",
  )!;
}

Deno.test("llama-bpe splits digits in threes and adds a BOS by default", async () => {
  const { encodePrompt } = await loadTokenizer(tinyMetadata({}));
  const { tokens } = await encodePrompt("ab1111");
  assert.deepEqual(tokens.map(({ text, special }) => [text, special]), [
    ["<s>", true],
    ["ab", false],
    ["111", false],
    ["1", false],
  ]);
});

Deno.test("add_bos_token decides over the default", async () => {
  const without = await loadTokenizer(tinyMetadata({ "tokenizer.ggml.add_bos_token": false }));
  assert.deepEqual((await without.encodePrompt("a")).tokens.map(({ text }) => text), ["a"]);
  const gpt2 = { "tokenizer.ggml.pre": "gpt-2" };
  const silent = await loadTokenizer(tinyMetadata(gpt2));
  assert.deepEqual((await silent.encodePrompt("1111")).tokens.map(({ text }) => text), ["1111"]);
  const asked = await loadTokenizer(tinyMetadata({ ...gpt2, "tokenizer.ggml.add_bos_token": true }));
  assert.deepEqual((await asked.encodePrompt("a")).tokens.map(({ text }) => text), ["<s>", "a"]);
});

Deno.test("user-defined tokens are added, not special; end-of-turn tokens end a text", async () => {
  const files = tinyMetadata({ "tokenizer.ggml.eot_token_id": 2 });
  const added = files.tokenizer.added_tokens as { content: string; special: boolean }[];
  assert.deepEqual(added.map(({ content, special }) => [content, special]), [["<s>", true], ["</s>", true], [
    "<user>",
    false,
  ]]);
  const { encodeTarget, eosTokenIds } = await loadTokenizer(files);
  assert.deepEqual(await encodeTarget("a<user>b"), [3, 2, 4]);
  assert.deepEqual(eosTokenIds, [1, 2]);
});

Deno.test("deriveTokenizer() gives null where the metadata have no tokenizer", () => {
  assert.equal(deriveTokenizer(new Map(), "none.gguf"), null);
});

Deno.test("deriveTokenizer() rejects a vocabulary without merges", () => {
  assert.throws(() => tinyMetadata({ "tokenizer.ggml.merges": 3 }), {
    name: "SyntaxError",
    message: "Cannot read tiny.gguf as tokenizer.ggml.merges must be a list of strings: got 3",
  });
});

Deno.test("a piece that begins with a byte order mark is another than the piece without it", () =>
  inScratch(async (directory) => {
    const path = join(directory, "bom.gguf");
    const { keys, tensors } = smallGguf();
    const tokens = keys.findIndex(({ name }) => name === "tokenizer.ggml.tokens");
    const pieces = ["us", "\ufeffus", "\ufeff"];
    keys[tokens] = { ...keys[tokens], bytes: list(8, pieces.map(text)) };
    Deno.writeFileSync(path, ggufBytes(keys, tensors).bytes);
    const { tokenizer, close } = await openCheckpoint(path);
    const { vocab } = tokenizer!.tokenizer.model as { vocab: Record<string, number> };
    assert.deepEqual(vocab, { "us": 0, "\ufeffus": 1, "\ufeff": 2 });
    close();
  }));
