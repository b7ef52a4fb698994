import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { GgufValue } from "../../../src/checkpoint/gguf/gguf_header.ts";
import { deriveTokenizer } from "../../../src/checkpoint/gguf/gguf_tokenizer.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";

/** Values of test/golden/pieces.py for a tokenizer, string by string. */
interface Frozen {
  readonly ids: readonly number[][];
  /** Hashes of the ids with the tokens that the tokenizer adds. */
  readonly specialIds: readonly string[];
  /** Hashes of the UTF-16 ranges of `ids`. */
  readonly offsets: readonly string[];
}

type Name = "llama2" | "mistral" | "gemma";
type Golden = { readonly strings: readonly string[] } & Readonly<Record<Name, Frozen>>;

const DIRECTORY = new URL("../../golden/tokens/", import.meta.url);
const golden: Golden = JSON.parse(
  new TextDecoder().decode(gunzipSync(Deno.readFileSync(new URL("pieces.json.gz", DIRECTORY)))),
);
const filesOf = (name: Name) => {
  const [tokenizer, config] = ["tokenizer.json", "tokenizer_config.json"].map((file) =>
    JSON.parse(Deno.readTextFileSync(new URL(`${name}/${file}`, DIRECTORY)))
  );
  return { tokenizer, config };
};
const shortHash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

/** The same tokenizer as llama.cpp's converter writes it into a GGUF file. */
function ggufOf(name: Name) {
  const { tokenizer: { model, added_tokens: added }, config } = filesOf(name);
  const tokens: string[] = [];
  for (const [token, id] of Object.entries<number>(model.vocab)) tokens[id] = token;
  const types: number[] = tokens.map((token) => /^<0x..>$/.test(token) ? 6 : 1);
  for (const { id, special } of added) types[id] = special ? 3 : 4;
  types[tokens.indexOf(config.unk_token)] = 2;
  const metadata = new Map<string, GgufValue>(
    Object.entries({
      model: "llama",
      tokens,
      scores: tokens.map((_, id) => id < 259 ? 0 : -id),
      token_type: types,
      bos_token_id: tokens.indexOf(config.bos_token),
      eos_token_id: tokens.indexOf(config.eos_token),
      ...(name === "gemma" ? { add_space_prefix: false } : {}),
    }).map(([key, value]): [string, GgufValue] => [`tokenizer.ggml.${key}`, value as GgufValue]),
  );
  return deriveTokenizer(metadata, "model.gguf")!;
}

const SOURCES = [
  ["a tokenizer of Llama 2's kind", "llama2", filesOf],
  ["a tokenizer of Mistral's kind", "mistral", filesOf],
  ["a tokenizer of Gemma's kind", "gemma", filesOf],
  ["a tokenizer of Llama 2's kind in a GGUF file", "llama2", ggufOf],
  ["a tokenizer of Gemma's kind in a GGUF file", "gemma", ggufOf],
] as const;

for (const [title, name, read] of SOURCES) {
  Deno.test(`${title} equals Python's on hundreds of strings, token for token and range for range`, async () => {
    const { encodePrompt, encodeTarget } = await loadTokenizer(read(name));
    const { strings, [name]: frozen } = golden;
    const wrong: string[] = [];
    for (const [i, text] of strings.entries()) {
      const target = await encodeTarget(text);
      const { tokens } = await encodePrompt(text);
      const plain = tokens.filter(({ special }) => !special);
      const ranges = plain.map(({ start, end }) => [start, end]);
      const same = String(target) === String(frozen.ids[i]) &&
        shortHash(tokens.map(({ id }) => id)) === frozen.specialIds[i] && shortHash(ranges) === frozen.offsets[i];
      if (!same) {
        wrong.push(
          `${i} ${JSON.stringify(text).slice(0, 120)}: ${target} for ${frozen.ids[i]}, ${JSON.stringify(ranges)}`,
        );
      }
    }
    assert.ok(strings.length > 400);
    assert.equal(wrong.length, 0, `${wrong.length} strings\n${wrong.slice(0, 20).join("\n")}`);
  });
}

Deno.test("pieces with spaces and bytes are shown as text, and decode to it", async () => {
  const { encodeTarget, describe, decode, bytes } = await loadTokenizer(filesOf("gemma"));
  const ids = await encodeTarget("the ꔀ of");
  assert.equal(decode(ids), "the ꔀ of");
  const texts = describe(ids).map(({ text }) => text);
  assert.equal(texts[0].slice(0, 1), "t");
  // Three bytes of a character that the vocabulary lacks: the first shows it.
  const at = texts.indexOf("ꔀ");
  assert.deepEqual(texts.slice(at, at + 3), ["ꔀ", "\\x94", "\\x80"]);
  assert.deepEqual(ids.flatMap((id) => [...bytes(id)]), [...new TextEncoder().encode("the ꔀ of")]);
});

Deno.test("loadTokenizer() refuses pieces of a normalizer that they do not undo", async () => {
  const { tokenizer, config } = filesOf("gemma");
  await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, normalizer: { type: "NFKC" } }, config }), {
    name: "SyntaxError",
    message:
      "Cannot load tokenizer.json as its decoder must be ByteLevel, or Replace and ByteFallback: got normalizer NFKC",
  });
});
