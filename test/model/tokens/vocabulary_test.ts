import assert from "node:assert/strict";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { addedToken, tinyFiles } from "./tiny_files.ts";

Deno.test("encodePrompt() gives no range to white space that an added token swallows", async () => {
  const { tokenizer, config } = tinyFiles();
  const stripping = addedToken(7, "<x>", { lstrip: true, rstrip: true });
  const added_tokens = [...tokenizer.added_tokens as unknown[], stripping];
  const { encodePrompt } = await loadTokenizer({ tokenizer: { ...tokenizer, added_tokens }, config });
  const { tokens } = await encodePrompt("ab  <x>  a ");
  assert.deepEqual(tokens.slice(1, -1).map(({ start, end }) => [start, end]), [[0, 2], [4, 7], [9, 10], [10, 11]]);
});

Deno.test("added tokens stand for their own characters, also those of the byte-level alphabet", async () => {
  const { tokenizer, config } = tinyFiles();
  const accented = addedToken(7, "<é ü>");
  const added_tokens = [...tokenizer.added_tokens as unknown[], accented];
  const { encodePrompt, decode } = await loadTokenizer({ tokenizer: { ...tokenizer, added_tokens }, config });
  const { tokens } = await encodePrompt("a<é ü>b");
  assert.deepEqual(tokens.slice(1, -1).map(({ text }) => text), ["a", "<é ü>", "b"]);
  assert.equal(decode([7]), "<é ü>");
});

Deno.test("an added é is that character by its place; as a byte of the vocabulary too it is either", async () => {
  const { tokenizer, config } = tinyFiles();
  const withAdded = (id: number, vocab = {}) => ({
    tokenizer: {
      ...tokenizer,
      added_tokens: [...tokenizer.added_tokens as unknown[], addedToken(id, "é")],
      model: { ...tokenizer.model as object, vocab: { ...(tokenizer.model as { vocab: object }).vocab, ...vocab } },
    },
    config,
  });
  const { bytes, decode, encodeTarget } = await loadTokenizer(withAdded(7));
  assert.deepEqual([...bytes(7)], [0xc3, 0xa9]);
  assert.equal(decode(await encodeTarget("aéb")), "aéb");
  // The library decodes it as the byte, and finds it as the character.
  const both = await loadTokenizer(withAdded(7, { "é": 7 }));
  assert.deepEqual([...both.bytes(7)], [0xe9]);
  const ids = await both.encodeTarget("aéb");
  assert.deepEqual(both.locate("aéb", ids), [{ start: 0, end: 1 }, { start: 1, end: 2 }, { start: 2, end: 3 }]);
  await assert.rejects(loadTokenizer(withAdded(8, { "é": 7 })), {
    name: "SyntaxError",
    message: 'Cannot load tokenizer.json as its added token "é" must have the id 7: got 8',
  });
});

Deno.test("a prompt is neither cut nor filled up", async () => {
  const { tokenizer, config } = tinyFiles();
  const truncation = { direction: "Right", max_length: 3, strategy: "LongestFirst", stride: 0 };
  const padding = {
    strategy: { Fixed: 9 },
    direction: "Right",
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: "<s>",
  };
  const { encodeTarget } = await loadTokenizer({ tokenizer: { ...tokenizer, truncation, padding }, config });
  assert.deepEqual(await encodeTarget("a a a"), [2, 4, 2, 4, 2]);
});
