import assert from "node:assert/strict";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { readQwenFiles } from "./qwen_files.ts";
import { tinyFiles } from "./tiny_files.ts";
import { testAgainstTransformers } from "./token_golden.ts";

testAgainstTransformers("Qwen2.5", "tokens_qwen2_5.json", readQwenFiles);

const qwen = readQwenFiles().then(loadTokenizer);

Deno.test("describe() shows what a person reads, leading spaces kept", async () => {
  const tokenizer = await qwen;
  const pieces = tokenizer.describe(await tokenizer.encodeTarget(" painting, traveling to 2 cities"));
  assert.deepEqual(pieces.map(({ text }) => text), [" painting", ",", " traveling", " to", " ", "2", " cities"]);
});

Deno.test("describe() shows a character at the token that starts it and the rest as bytes", async () => {
  const tokenizer = await qwen;
  const ids = await tokenizer.encodeTarget("🏴󠁧");
  const texts = tokenizer.describe(ids).map(({ text }) => text);
  assert.ok(ids.length > 2);
  assert.match(texts[0], /^🏴/u);
  assert.ok(texts.slice(1).every((text) => /\\x[0-9a-f]{2}/.test(text) || text.includes("󠁧")));
});

Deno.test("describe() and decode() show bytes that make no character as escapes, never as U+FFFD", async () => {
  const tokenizer = await qwen;
  const ids = await tokenizer.encodeTarget("𐍈");
  assert.ok(ids.length > 1);
  const cut = ids.slice(0, -1);
  assert.match(tokenizer.decode(cut), /^(\\x[0-9a-f]{2})+$/);
  assert.doesNotMatch(tokenizer.describe(cut).map(({ text }) => text).join(""), /\ufffd/);
  assert.equal(tokenizer.decode(ids), "𐍈");
});

Deno.test("describe() rejects an id beyond the vocabulary", async () => {
  const tokenizer = await qwen;
  assert.throws(() => tokenizer.describe([tokenizer.vocabSize]), {
    name: "RangeError",
    message: `Cannot describe a token as its id must be one of 0 to ${
      tokenizer.vocabSize - 1
    }: got ${tokenizer.vocabSize}`,
  });
});

Deno.test("tokenId() takes an id, a special token's text and the text of one token", async () => {
  const tokenizer = await qwen;
  assert.equal(await tokenizer.tokenId("0"), 0);
  assert.equal(await tokenizer.tokenId("<|endoftext|>"), 151643);
  assert.deepEqual([await tokenizer.tokenId(" painting")], await tokenizer.encodeTarget(" painting"));
});

for (const spec of ["two words", "", "151700", "99999999999"]) {
  Deno.test(`tokenId() rejects ${JSON.stringify(spec)}`, async () => {
    const tokenizer = await qwen;
    await assert.rejects(tokenizer.tokenId(spec), { name: "RangeError", message: /Cannot use .* as a token as it/ });
  });
}

Deno.test("encodeJoint() differs from prompt and target by themselves where the boundary does not hold", async () => {
  const tokenizer = await qwen;
  const apart = [...await tokenizer.encodeTarget("he enjoy"), ...await tokenizer.encodeTarget("s painting")];
  assert.notDeepEqual(await tokenizer.encodeJoint("he enjoy", "s painting"), apart);
  const spaced = [...await tokenizer.encodeTarget("he enjoys"), ...await tokenizer.encodeTarget(" painting")];
  assert.deepEqual(await tokenizer.encodeJoint("he enjoys", " painting"), spaced);
});

Deno.test("eosTokenIds joins the tokenizer's and the generation config's", async () => {
  const files = await readQwenFiles();
  const tokenizer = await loadTokenizer({ ...files, generation: { eos_token_id: [151645, 151643] } });
  assert.deepEqual(tokenizer.eosTokenIds, [151645, 151643]);
});

Deno.test("encodePrompt() puts a history before the prompt and says where each message lies", async () => {
  const tokenizer = await qwen;
  const history = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi 🎨" },
    { role: "assistant", content: "Yes?" },
  ] as const;
  const { text, tokens, turns } = await tokenizer.encodePrompt("Hi 🎨", { chat: true, history });
  assert.equal(
    tokenizer.decode(tokens.map(({ id }) => id)),
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi 🎨<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n" +
      "<|im_start|>user\nHi 🎨<|im_end|>\n<|im_start|>assistant\n",
  );
  assert.equal(text, "Be brief.\nHi 🎨\nYes?\nHi 🎨");
  assert.deepEqual(turns.map(({ name, start, end }) => [name, text.slice(start, end)]), [
    ["system", "Be brief."],
    ["user", "Hi 🎨"],
    ["assistant", "Yes?"],
    ["user 2", "Hi 🎨"],
  ]);
  turns.forEach(({ start, end }) => {
    const own = tokens.filter((token) => !token.template && token.start >= start && token.end <= end);
    assert.deepEqual([own[0].start, own.at(-1)!.end], [start, end]);
  });
  assert.equal(tokens.filter(({ template }) => !template).every(({ start }) => start >= 0), true);
});

Deno.test("locate() finds the tokens of a text, and refuses those of another", async () => {
  const { encodeTarget, locate } = await qwen;
  const target = " painting, 🎨s";
  const ids = await encodeTarget(target);
  const spans = locate(target, ids);
  assert.deepEqual(spans.slice(0, 2), [{ start: 0, end: 9 }, { start: 9, end: 10 }]);
  assert.equal(spans.at(-1)!.end, target.length);
  assert.throws(() => locate("other", ids), /must spell it/);
});

Deno.test("padTokenId is the token that the config names, or null", async () => {
  assert.equal((await qwen).padTokenId, 151643);
  assert.equal((await loadTokenizer(tinyFiles())).padTokenId, null);
  assert.equal((await loadTokenizer(tinyFiles({ pad_token: { content: "<s>" } }))).padTokenId, 0);
  assert.equal((await loadTokenizer(tinyFiles({ pad_token: "<none>" }))).padTokenId, null);
});

Deno.test("encodePrompt() rejects earlier messages outside a chat", async () => {
  const tokenizer = await qwen;
  await assert.rejects(tokenizer.encodePrompt("Hi", { history: [{ role: "user", content: "x" }] }), {
    name: "RangeError",
    message: /chat must be on: got chat off/,
  });
});

Deno.test("encodePrompt() marks the tokens that the tokenizer adds", async () => {
  const { encodePrompt, encodeTarget, eosTokenIds } = await loadTokenizer(tinyFiles());
  assert.deepEqual((await encodePrompt("ab ab")).tokens, [
    { id: 0, text: "<s>", special: true, template: false, start: -1, end: -1 },
    { id: 5, text: "ab", special: false, template: false, start: 0, end: 2 },
    { id: 6, text: " ab", special: false, template: false, start: 2, end: 5 },
    { id: 1, text: "</s>", special: true, template: false, start: -1, end: -1 },
  ]);
  assert.deepEqual(await encodeTarget("ab"), [5]);
  assert.deepEqual(eosTokenIds, [1]);
});

Deno.test("encodePrompt() keeps a special token that the user wrote apart from the added one", async () => {
  const { encodePrompt } = await loadTokenizer(tinyFiles());
  const { tokens } = await encodePrompt("<s>a");
  assert.deepEqual(tokens.map(({ id, special }) => [id, special]), [[0, true], [0, false], [2, false], [1, true]]);
  assert.deepEqual(tokens.map(({ start }) => start), [-1, 0, 3, -1]);
});

Deno.test("encodePrompt() rejects a text whose bytes the vocabulary lacks", async () => {
  const { encodePrompt, encodeTarget } = await loadTokenizer(tinyFiles());
  for (const encode of [encodePrompt, encodeTarget]) {
    await assert.rejects(encode("abc"), {
      name: "RangeError",
      message: /must spell it: got another spelling from "c" on/,
    });
  }
});

Deno.test("encodePrompt() finds the user's text in a template that trims it", async () => {
  const chat_template = "{{ bos_token }}{% for m in messages %}a{{ m.content | trim }}b{% endfor %}";
  const { encodePrompt } = await loadTokenizer(tinyFiles({ chat_template }));
  const { tokens } = await encodePrompt("  ab ", { chat: true });
  assert.deepEqual(tokens.map(({ text, template, start, end }) => [text, template, start, end]), [
    ["<s>", true, -1, -1],
    ["a", true, -1, -1],
    ["ab", false, 2, 4],
    ["b", true, -1, -1],
  ]);
});

Deno.test("encodePrompt() rejects a template that changes the user's text, and a tokenizer without one", async () => {
  const changing = await loadTokenizer(tinyFiles({ chat_template: "{{ messages[0].content | upper }}" }));
  await assert.rejects(changing.encodePrompt("ab", { chat: true }), {
    name: "RangeError",
    message: /must hold each message as it is: got "AB" for user/,
  });
  const none = await loadTokenizer(tinyFiles());
  await assert.rejects(none.encodePrompt("ab", { chat: true }), {
    name: "RangeError",
    message: /chat_template: got none; a chat_template.jinja beside it is one$/,
  });
});

Deno.test("loadTokenizer() takes the template named default from a list", async () => {
  const chat_template = [{ name: "tool_use", template: "b" }, {
    name: "default",
    template: "a{{ messages[0].content }}",
  }];
  const { encodePrompt, decode } = await loadTokenizer(tinyFiles({ chat_template }));
  assert.equal(decode((await encodePrompt("b", { chat: true })).tokens.map(({ id }) => id)), "ab");
});

Deno.test("loadTokenizer() rejects a tokenizer that is not byte-level, and a template that is none", async () => {
  const { tokenizer, config } = tinyFiles();
  await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, decoder: { type: "Metaspace" } }, config }), {
    name: "SyntaxError",
    message: "Cannot load tokenizer.json as its decoder must be ByteLevel, or Replace and ByteFallback: got Metaspace",
  });
  await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, model: { type: "Nope" } }, config }), {
    name: "SyntaxError",
    message: /Cannot load tokenizer\.json as it must be a fast tokenizer's: got /,
  });
  await assert.rejects(loadTokenizer(tinyFiles({ chat_template: "{% if" })), {
    name: "SyntaxError",
    message: /Cannot load chat_template as it must be a Jinja template: got /,
  });
});
