import assert from "node:assert/strict";
import { Tokenizer as Engine } from "npm:@huggingface/tokenizers@0.2";
import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";
import { loadModel } from "../../../src/model/model.ts";
import { adoptTokenizer, type GivenTokenizer } from "../../../src/model/tokens/given_tokenizer.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { EMBEDDED_DIRECTORY } from "../../support/model_copy.ts";
import { readQwenFiles } from "./qwen_files.ts";

/** Makes what transformers makes, around its engine; the package itself is tried by test/weights. */
function givenOf({ tokenizer, config }: TokenizerFiles): GivenTokenizer {
  const engine = new Engine(tokenizer, config);
  return {
    encode: (text, options) => engine.encode(text, options).ids,
    _tokenizerJSON: tokenizer,
    _tokenizerConfig: config,
    _tokenizer: engine,
  };
}

async function embeddedFiles(): Promise<TokenizerFiles> {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(`${EMBEDDED_DIRECTORY}/${name}`));
  return { tokenizer: await read("tokenizer.json"), config: await read("tokenizer_config.json") };
}

const TEXTS = [
  "Michael works as a software engineer in Austin, Texas.",
  "  two spaces\tand\r\n\r\nlines ",
  "naïve façade, Straße, Ελλάδα, Привет, مرحبا",
  "東京で働く 👩‍👩‍👧 𝒳 e\u0301 ﬁ",
  "<|im_start|>user\nHi<|im_end|>",
  "12345 don't WE'LL x_y == z;",
  "",
];

for (const [name, read] of [["Qwen2.5", readQwenFiles], ["the embedded model", embeddedFiles]] as const) {
  Deno.test(`a given tokenizer of ${name} has the ids, places, pieces and chats of the usual one`, async () => {
    const files = await read();
    const [given, usual] = [await adoptTokenizer(givenOf(files), files), await loadTokenizer(files)];
    for (const text of TEXTS) {
      const ids = await usual.encodeTarget(text);
      assert.deepEqual(await given.encodeTarget(text), ids, text);
      assert.deepEqual(given.locate(text, ids), usual.locate(text, ids), text);
      assert.deepEqual(given.describe(ids), usual.describe(ids), text);
      if (ids.length > 0) assert.deepEqual(await given.encodePrompt(text), await usual.encodePrompt(text), text);
    }
    if (files.config.chat_template !== undefined) {
      const chat = { chat: true, history: [{ role: "system", content: "Be brief." }] } as const;
      assert.deepEqual(await given.encodePrompt("Hi?", chat), await usual.encodePrompt("Hi?", chat));
    }
    assert.deepEqual(
      [given.vocabSize, given.eosTokenIds, given.padTokenId],
      [usual.vocabSize, usual.eosTokenIds, usual.padTokenId],
    );
  });
}

Deno.test("a given tokenizer whose tokens do not spell the text is refused, and one without an id", async () => {
  const files = await embeddedFiles();
  const given = givenOf(files);
  const lower = await adoptTokenizer({ ...given, encode: (text) => given.encode(text.toLowerCase()) }, files);
  await assert.rejects(lower.encodeTarget("He"), /as its tokens must spell it: got another spelling from "He" on/);
  const none = await adoptTokenizer({ ...given, encode: () => [1, undefined as unknown as number] }, files);
  await assert.rejects(none.encodeTarget("He"), /must have its tokens: got undefined as the id of token 1/);
  const failing = () => {
    throw new Error("no text");
  };
  const broken = await adoptTokenizer({ ...given, encode: failing }, files);
  await assert.rejects(broken.encodeTarget("He"), /Cannot tokenize the text as the given tokenizer .*: got no text/);
});

Deno.test("loadModel() tokenizes by a given tokenizer, and its identity says so", async () => {
  const given = givenOf(await embeddedFiles());
  let asked = 0;
  const counted: GivenTokenizer = { ...given, encode: (...text) => (asked++, given.encode(...text)) };
  const [usual, model] = await Promise.all(
    [{}, { tokenizer: counted }].map((options) => loadModel(undefined, { device: "reference", ...options })),
  );
  const { tokens } = await (await model.tokenizer()).encodePrompt("Michael works");
  assert.ok(asked > 0);
  assert.deepEqual(tokens.map(({ text, start, end }) => [text, start, end]), [["Michael", 0, 7], [" works", 7, 13]]);
  assert.notEqual(model.identity, usual.identity);
  assert.equal(model.fingerprint, usual.fingerprint);
  usual.close();
  model.close();
});
