import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";
import type { ChatMessage } from "../../../src/model/tokens/chat_turns.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import type { Tokenizer } from "../../../src/model/tokens/tokenizer.ts";

/** Values of test/golden/tokens.py for a tokenizer, string by string. */
interface Frozen {
  readonly eos: number;
  readonly ids: readonly number[][];
  /** Hashes of the ids with the tokens that the tokenizer adds. */
  readonly specialIds: readonly string[];
  /** Hashes of the UTF-16 ranges of `ids`; null where normalization changes the string. */
  readonly offsets: readonly (string | null)[];
  readonly chats: readonly {
    readonly messages: readonly ChatMessage[];
    readonly rendered: string;
    readonly ids: readonly number[];
  }[];
}

type Name = "qwen2_5" | "llama3" | "smollm2";

const FILE = new URL("../../golden/tokens/strings.json.gz", import.meta.url);
type Golden = { readonly strings: readonly string[] } & Readonly<Record<Name, Frozen>>;
let golden: Golden | undefined;
const readGolden = (): Golden =>
  golden ??= JSON.parse(new TextDecoder().decode(gunzipSync(Deno.readFileSync(FILE)))) as Golden;

const shortHash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

/** True if the vocabulary has all bytes of a text; a text with others is refused. */
async function isSpelt(tokenizer: Tokenizer, text: string): Promise<boolean> {
  try {
    await tokenizer.encodeTarget(text);
    return true;
  } catch (error) {
    assert.match((error as Error).message, /^Cannot tokenize the text as its tokens must spell it/);
    return false;
  }
}

/**
 * Registers the tests that hold a tokenizer against its frozen ids and ranges of a thousand strings, and its chats.
 *
 * @param mostRefused strings with bytes that the vocabulary lacks
 */
export function testAgainstPython(
  title: string,
  name: Name,
  read: () => Promise<TokenizerFiles>,
  mostRefused = 0,
): void {
  let loaded: Promise<Tokenizer> | undefined;
  const load = () => loaded ??= read().then(loadTokenizer);

  Deno.test(`${title} tokenizes a thousand strings as Python's tokenizers, token for token and range for range`, async () => {
    const tokenizer = await load();
    const { strings, [name]: frozen } = readGolden();
    assert.equal(strings.length, 1000);
    const wrong: string[] = [];
    let refused = 0;
    for (const [i, text] of strings.entries()) {
      if (!await isSpelt(tokenizer, text)) {
        // Python's tokenizers leave such bytes out.
        assert.notEqual(tokenizer.decode(frozen.ids[i]), text.toWellFormed());
        refused++;
        continue;
      }
      const target = await tokenizer.encodeTarget(text);
      const { tokens } = await tokenizer.encodePrompt(text);
      const plain = tokens.filter(({ special }) => !special);
      const ranges = plain.map(({ start, end }) => [start, end]);
      const same = String(target) === String(frozen.ids[i]) && String(plain.map(({ id }) => id)) === String(target) &&
        shortHash(tokens.map(({ id }) => id)) === frozen.specialIds[i] &&
        [null, shortHash(ranges)].includes(frozen.offsets[i]);
      if (!same) wrong.push(`${i} ${JSON.stringify(text).slice(0, 200)}: ${target} for ${frozen.ids[i]}`);
    }
    assert.equal(wrong.length, 0, `${wrong.length} strings\n${wrong.slice(0, 20).join("\n")}`);
    assert.ok(refused <= mostRefused, `${refused} strings were refused`);
    assert.ok(tokenizer.eosTokenIds.includes(frozen.eos));
  });

  Deno.test(`${title} renders chats of several messages as transformers does`, async () => {
    const tokenizer = await load();
    for (const { messages, rendered, ids } of readGolden()[name].chats) {
      const { content } = messages[messages.length - 1];
      const { text, tokens, turns } = await tokenizer.encodePrompt(content, {
        chat: true,
        history: messages.slice(0, -1),
      });
      assert.deepEqual(tokens.map(({ id }) => id), ids);
      assert.equal(tokenizer.decode(ids), rendered);
      for (const { message, start, end } of turns) {
        const own = tokens.filter((token) => token.start >= start && token.start < end && !token.template);
        const said = messages[message].content.trim();
        assert.equal(text.slice(start, end).trim(), said);
        assert.equal(tokenizer.decode(own.map(({ id }) => id)).trim(), said);
      }
    }
  });
}
