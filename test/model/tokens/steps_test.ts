import assert from "node:assert/strict";
import { checkSteps } from "../../../src/model/tokens/steps.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { tinyFiles } from "./tiny_files.ts";

const single = [{ Sequence: { id: "B", type_id: 0 } }];

const REFUSED: readonly [place: string, step: Record<string, unknown>, message: RegExp][] = [
  ["pre_tokenizer", { type: "FixedLength", length: 0 }, /pre_tokenizer FixedLength must have a length of at least 1/],
  [
    "normalizer",
    { type: "Replace", pattern: { String: "" }, content: "x" },
    /normalizer Replace must replace a text that is not empty: got \{"type":"Replace","pattern":\{"String":""\}/,
  ],
  ["normalizer", { type: "Replace", pattern: { Regex: "x*" }, content: "x" }, /normalizer Replace must replace a text/],
  ["normalizer", { type: "Precompiled", precompiled_charsmap: "AAAA" }, /normalizer Precompiled must not be compiled/],
  [
    "pre_tokenizer",
    { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated" },
    /pre_tokenizer Split must split by a pattern that .* which must repeat only what matches in one way: got \{/,
  ],
  ["post_processor", { type: "TemplateProcessing", single }, /post_processor TemplateProcessing must take one text/],
  [
    "post_processor",
    { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<s>" } }], special_tokens: {} },
    /and list the special tokens that it adds/,
  ],
];

const several = { normalizer: "normalizers", pre_tokenizer: "pretokenizers", post_processor: "processors" };

for (const [place, step, message] of REFUSED) {
  Deno.test(`checkSteps() refuses what ends the process, alone or in a sequence: ${JSON.stringify(step)}`, () => {
    const sequence = { type: "Sequence", [several[place as keyof typeof several]]: [{ type: "NFC" }, step] };
    for (const part of [step, sequence]) {
      assert.throws(() => checkSteps({ [place]: part }), { name: "SyntaxError", message });
    }
  });
}

Deno.test("checkSteps() lets steps of other places and sizes be", () => {
  checkSteps({
    normalizer: { type: "Replace", pattern: { String: " " }, content: "x" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "FixedLength", length: 1 }, { type: "Split", pattern: { String: "(a+)+$" } }],
    },
    post_processor: null,
    decoder: { type: "Replace", pattern: { Regex: "x*" }, content: "x" },
  });
});

for (const key of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]) {
  Deno.test(`loadTokenizer() refuses a model's ${key}`, async () => {
    const { tokenizer, config } = tinyFiles();
    const model = { ...tokenizer.model as object, [key]: key === "dropout" ? 0.1 : "##" };
    await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, model }, config }), {
      name: "SyntaxError",
      message: new RegExp(`^Cannot load tokenizer\\.json as its model\\.${key} must be null: got `),
    });
  });
}

Deno.test("encodeTarget() says by name that a text has no tokens where the model lacks its unknown token", async () => {
  const { tokenizer, config } = tinyFiles();
  const model = { ...tokenizer.model as object, unk_token: "<unk>" };
  const { encodeTarget } = await loadTokenizer({ tokenizer: { ...tokenizer, model }, config });
  await assert.rejects(encodeTarget("c"), {
    name: "RangeError",
    message: /^Cannot tokenize the text as the vocabulary must have its tokens: got /,
  });
});
