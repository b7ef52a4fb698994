import assert from "node:assert/strict";
import { join } from "node:path";
import { joinAddedTokens } from "../../../src/checkpoint/safetensors/added_token_files.ts";
import { readTokenizerFiles } from "../../../src/checkpoint/safetensors/tokenizer_files.ts";
import { inScratch } from "../../support/in_scratch.ts";

const token = (id: number, content: string, flags: Record<string, boolean> = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...flags,
});

const TOKENIZER = { added_tokens: [token(3, "<s>")], model: { vocab: { a: 0, b: 1, "<pad>": 2, "<s>": 3 } } };
const NONE = { tokenizer: TOKENIZER, config: {}, added: {}, named: {} };

Deno.test("joinAddedTokens() leaves a tokenizer alone that has all its added tokens", () => {
  assert.equal(joinAddedTokens({ ...NONE, config: { bos_token: "<s>" } }).tokenizer, TOKENIZER);
});

Deno.test("joinAddedTokens() adds the tokens of added_tokens_decoder, and puts its flags over the others", () => {
  const added_tokens_decoder = {
    3: { content: "<s>", lstrip: true, special: true },
    5: { content: "<y>" },
    4: { content: "<x>", single_word: true, normalized: false, special: false },
  };
  const config = { added_tokens_decoder, eos_token: "</s>" };
  const joined = joinAddedTokens({ ...NONE, config, added: { "<z>": 6 }, named: { eos_token: "<s>" } });
  assert.deepEqual(joined.tokenizer.added_tokens, [
    token(3, "<s>", { lstrip: true }),
    token(4, "<x>", { single_word: true, special: false }),
    token(5, "<y>", { normalized: true, special: false }),
  ]);
  assert.equal(joined.config.eos_token, "</s>");
});

Deno.test("joinAddedTokens() reads the older files where the config has no added_tokens_decoder", () => {
  const named = { eos_token: { content: "<x>" }, pad_token: "<pad>", sep_token: "<none>" };
  const joined = joinAddedTokens({ ...NONE, added: { "<y>": 5, "<x>": 4, "<s>": 3 }, named });
  assert.deepEqual(joined.tokenizer.added_tokens, [
    token(2, "<pad>"),
    token(3, "<s>"),
    token(4, "<x>"),
    token(5, "<y>", { normalized: true, special: false }),
  ]);
  assert.deepEqual(joined.config, named);
});

Deno.test("joinAddedTokens() refuses two ids of a token, and entries that are none", () => {
  assert.throws(() => joinAddedTokens({ ...NONE, added: { "<s>": 9 } }), {
    name: "SyntaxError",
    message: 'Cannot read the tokenizer as the added token "<s>" must have one id: got 3 and 9',
  });
  assert.throws(() => joinAddedTokens({ ...NONE, added: { "<x>": "4" } }), /must have an id for "<x>": got "4"/);
  for (const entry of ["<x>", { lstrip: true }, null]) {
    const config = { added_tokens_decoder: { 4: entry } };
    assert.throws(() => joinAddedTokens({ ...NONE, config }), /must have objects with a content by id: got /);
  }
});

Deno.test("joinAddedTokens() refuses tokens of tokenizer.json that are none", () => {
  for (const entry of [null, "<x>", { id: 4 }, { content: { toString: 1 } }]) {
    assert.throws(() => joinAddedTokens({ ...NONE, tokenizer: { added_tokens: [token(3, "<s>"), entry] } }), {
      name: "SyntaxError",
      message: `Cannot read the tokenizer as added_tokens of tokenizer.json must be objects with a content: got ${
        JSON.stringify(entry)
      }`,
    });
  }
});

Deno.test("readTokenizerFiles() reads added_tokens.json and special_tokens_map.json", () =>
  inScratch((directory) => {
    const write = (name: string, value: unknown) =>
      Deno.writeTextFileSync(join(directory, name), JSON.stringify(value));
    write("tokenizer.json", TOKENIZER);
    write("added_tokens.json", { "<x>": 4 });
    write("special_tokens_map.json", { eos_token: "<x>" });
    const { tokenizer, config } = readTokenizerFiles(directory)!;
    assert.deepEqual(tokenizer.added_tokens, [token(3, "<s>"), token(4, "<x>")]);
    assert.equal(config.eos_token, "<x>");
  }));
