import assert from "node:assert/strict";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { tinyFiles } from "./tiny_files.ts";

/** Parts of a `tokenizer.json` that no writer makes, and what is said of them. */
const MALFORMED: readonly (readonly [string, unknown, RegExp])[] = [
  [
    "decoder",
    { type: "Sequence", decoders: { length: 1 } },
    /as decoders must be a list of steps: got \{"length":1\}$/,
  ],
  ["decoder", { type: "Sequence", decoders: [null] }, /as decoders must be a list of steps: got \[null\]$/],
  [
    "decoder",
    { type: { toString: 1 } },
    /decoder must be ByteLevel, or Replace and ByteFallback: got \{"toString":1\}$/,
  ],
  ["normalizer", { type: "Sequence", normalizers: 7 }, /as normalizers must be a list of steps: got 7$/],
];

for (const [part, value, message] of MALFORMED) {
  Deno.test(`loadTokenizer() names a ${part} that is ${JSON.stringify(value)}`, async () => {
    const { tokenizer, config } = tinyFiles();
    await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, [part]: value }, config }), {
      name: "SyntaxError",
      message,
    });
  });
}

Deno.test("loadTokenizer() shows values of the model's keys, and the start of what the library says", async () => {
  const { tokenizer, config } = tinyFiles();
  const model = tokenizer.model as Record<string, unknown>;
  const withModel = (change: Record<string, unknown>) =>
    loadTokenizer({ tokenizer: { ...tokenizer, model: { ...model, ...change } }, config });
  await assert.rejects(withModel({ dropout: { a: 1 } }), /its model\.dropout must be null: got \{"a":1\}$/);
  const long = { ...tokenizer, added_tokens: "é".repeat(70_000) };
  await assert.rejects(loadTokenizer({ tokenizer: long, config }), (error: Error) => {
    assert.match(error.message, /^Cannot load tokenizer\.json as it must be a fast tokenizer's: got /);
    return error.message.length < 300;
  });
});
