import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { loadTokenizer } from "../../src/model/tokenizer.ts";

/** What test/golden/pieces.py froze of a tokenizer, string by string. */
interface Frozen {
  readonly ids: readonly number[][];
  /** Hashes of the ids with the tokens that the tokenizer adds. */
  readonly specialIds: readonly string[];
  /** Hashes of the UTF-16 ranges of `ids`. */
  readonly offsets: readonly string[];
}

type Name = "llama2" | "mistral" | "gemma";
type Golden = { readonly strings: readonly string[] } & Readonly<Record<Name, Frozen>>;

const DIRECTORY = new URL("../golden/tokens/", import.meta.url);
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

for (const name of ["llama2", "mistral", "gemma"] as const) {
  Deno.test(`a tokenizer of ${name}'s kind equals Python's on hundreds of strings, token for token and range for range`, async () => {
    const { encodePrompt, encodeTarget } = await loadTokenizer(filesOf(name));
    const { strings, [name]: frozen } = golden;
    const wrong: string[] = [];
    strings.forEach((text, i) => {
      const target = encodeTarget(text);
      const { tokens } = encodePrompt(text);
      const plain = tokens.filter(({ special }) => !special);
      const ranges = plain.map(({ start, end }) => [start, end]);
      const same = String(target) === String(frozen.ids[i]) &&
        shortHash(tokens.map(({ id }) => id)) === frozen.specialIds[i] && shortHash(ranges) === frozen.offsets[i];
      if (!same) {
        wrong.push(
          `${i} ${JSON.stringify(text).slice(0, 120)}: ${target} for ${frozen.ids[i]}, ${JSON.stringify(ranges)}`,
        );
      }
    });
    assert.ok(strings.length > 400);
    assert.equal(wrong.length, 0, `${wrong.length} strings\n${wrong.slice(0, 20).join("\n")}`);
  });
}

Deno.test("pieces with spaces and bytes are shown as text, and decode to it", async () => {
  const { encodeTarget, describe, decode, bytes } = await loadTokenizer(filesOf("gemma"));
  const ids = encodeTarget("the ꔀ of");
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
