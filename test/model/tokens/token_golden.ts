import assert from "node:assert/strict";
import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import type { Tokenizer } from "../../../src/model/tokens/tokenizer.ts";
import { readGolden } from "../../quant/golden.ts";

/** Values of test/golden/quant.py for a tokenizer. */
interface TokenGolden {
  readonly eos: number;
  readonly texts: {
    readonly text: string;
    readonly ids: number[];
    /** UTF-16; null where normalization changes the text. */
    readonly offsets: [number, number][] | null;
    readonly decoded: string;
  }[];
  readonly chats: {
    readonly text: string;
    readonly system: string | null;
    readonly rendered: string;
    readonly ids: number[];
  }[];
}

/** Each token starts where the one before ends, or shares a character with it; together they cover the text. */
function assertCovers(tokens: readonly { start: number; end: number }[], text: string): void {
  let end = 0;
  let start = 0;
  for (const token of tokens) {
    assert.ok(token.start === end || (token.start >= start && token.end >= end && token.start < end));
    ({ start, end } = token);
  }
  assert.equal(tokens[0].start, 0);
  assert.equal(end, text.length);
}

/** Registers the tests that hold a tokenizer against its frozen ids, offsets, texts and chats. */
export function testAgainstTransformers(name: string, golden: string, read: () => Promise<TokenizerFiles>): void {
  const { eos, texts, chats } = readGolden<TokenGolden>(golden);
  let loaded: Promise<Tokenizer> | undefined;
  const load = () => loaded ??= read().then(loadTokenizer);

  for (const { text, ids, offsets, decoded } of texts) {
    Deno.test(`${name} tokenizes ${JSON.stringify(text)} as transformers does`, async () => {
      const tokenizer = await load();
      const { tokens } = await tokenizer.encodePrompt(text);
      assert.deepEqual(tokens.map(({ id }) => id), ids);
      if (offsets) assert.deepEqual(tokens.map(({ start, end }) => [start, end]), offsets);
      else assertCovers(tokens, text);
      assert.ok(tokens.every(({ special, template }) => !special && !template));
      assert.deepEqual(await tokenizer.encodeTarget(text), ids);
      assert.equal(tokenizer.decode(ids), decoded);
    });
  }

  for (const { text, system, rendered, ids } of chats) {
    Deno.test(`${name} puts ${JSON.stringify(text)} into the chat template as transformers does`, async () => {
      const tokenizer = await load();
      const history = system === null ? [] : [{ role: "system" as const, content: system }];
      const { tokens, turns, text: written } = await tokenizer.encodePrompt(text, { chat: true, history });
      assert.deepEqual(tokens.map(({ id }) => id), ids);
      assert.equal(tokenizer.decode(ids), rendered);
      const own = tokens.filter(({ template }) => !template);
      assert.deepEqual([own[0].start, own.at(-1)!.end], [turns[0].start, written.length]);
      assert.equal(written, [...history.map(({ content }) => content), text].join("\n"));
      const last = turns.at(-1)!;
      assert.deepEqual([last.name, written.slice(last.start, last.end)], ["user", text]);
      assert.ok(tokens.filter(({ template }) => template).every(({ start, end }) => start === -1 && end === -1));
    });
  }

  Deno.test(`${name} names its end token`, async () => {
    assert.ok((await load()).eosTokenIds.includes(eos));
  });
}
