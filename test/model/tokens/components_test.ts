import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import type { Tokenizer } from "../../../src/model/tokens/tokenizer.ts";

/** A tokenizer with one part that is special, and what Python's tokenizers make of each text (components.py). */
interface Case {
  readonly kind: "bytes" | "pieces";
  readonly name: string;
  /** Parts of `tokenizer.json` that are not the kind's. */
  readonly parts: Readonly<Record<string, unknown>>;
  readonly ids: readonly number[][];
  readonly specialIds: readonly number[][];
  readonly decoded: readonly string[];
}

interface Golden {
  readonly texts: readonly string[];
  readonly bases: Readonly<Record<Case["kind"], Readonly<Record<string, unknown>>>>;
  readonly cases: readonly Case[];
}

const FILE = new URL("../../golden/tokens/components.json.gz", import.meta.url);
const { texts, bases, cases }: Golden = JSON.parse(new TextDecoder().decode(gunzipSync(Deno.readFileSync(FILE))));
const filesOf = ({ kind, parts }: Case) => ({ tokenizer: { ...bases[kind], ...parts }, config: {} });

/** Parts that do not keep what tokens are written in: these are refused by their name. */
const REFUSED =
  /^(decoder (?!(ByteLevel|Replace\+ByteFallback|ByteFallback\+Metaspace))|normalizer (?!Replace of|Prepend).* of pieces$|normalizer (Strip|Prepend|Replace Regex)$)/;
const refused = cases.filter(({ name }) => REFUSED.test(name));

/** Returns the ids of a text alone and with special tokens, null if its tokens do not spell it. */
async function idsOf({ encodeTarget, encodeJoint }: Tokenizer, text: string): Promise<number[][] | null> {
  try {
    return [await encodeTarget(text), await encodeJoint(text, "")];
  } catch (error) {
    assert.match((error as Error).message, /^Cannot tokenize the text as its tokens must spell it/);
    return null;
  }
}

for (const one of cases.filter((one) => !refused.includes(one))) {
  Deno.test(`${one.name}: ids are Python's, or the text is refused as its tokens lose some of it`, async () => {
    const tokenizer = await loadTokenizer(filesOf(one));
    for (const [i, text] of texts.entries()) {
      const got = await idsOf(tokenizer, text);
      if (got === null) assert.notEqual(one.decoded[i], text);
      else assert.deepEqual(got, [one.ids[i], one.specialIds[i]], JSON.stringify(text));
    }
  });
}

for (const one of refused) {
  Deno.test(`${one.name}: loadTokenizer() refuses it by name`, async () => {
    const [, parts] = one.name.split(" ");
    await assert.rejects(loadTokenizer(filesOf(one)), (error: Error) => {
      assert.match(error.message, /^Cannot load tokenizer\.json as its (decoder|normalizer)( Replace)? must /);
      return parts.split("+").every((part) => error.message.split("got ")[1].includes(part));
    });
  });
}
