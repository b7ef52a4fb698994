import assert from "node:assert/strict";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { checkMerges } from "../../../src/model/tokens/merges.ts";
import { tinyFiles } from "./tiny_files.ts";

const VOCAB = { a: 0, "é": 1, "aé": 2 };

Deno.test("checkMerges() takes merges that are as long as a token, in either writing", () => {
  checkMerges({ vocab: VOCAB, merges: [["a", "é"], "a é", ["é", "a"]] });
  checkMerges({ vocab: [["a", -1]], merges: undefined });
  checkMerges(null);
  // Left to the library, which refuses them.
  checkMerges({ vocab: VOCAB, merges: [{ toString: 1 }, [{ toString: 1 }, "a"], null, 7] });
});

for (const merge of [["aé", "a"], "aé a", ["é", "é"]]) {
  Deno.test(`checkMerges() refuses what is longer than every token: ${JSON.stringify(merge)}`, () => {
    assert.throws(() => checkMerges({ vocab: VOCAB, merges: [["a", "é"], merge] }), {
      name: "SyntaxError",
      message: `Cannot load tokenizer.json as its merges must make tokens of its vocabulary: got ${
        JSON.stringify(merge)
      }`,
    });
  });
}

Deno.test("loadTokenizer() refuses such a merge, with which the library would end the process", async () => {
  const { tokenizer, config } = tinyFiles();
  const model = { ...tokenizer.model as object, merges: [["a", "x".repeat(99)]] };
  await assert.rejects(loadTokenizer({ tokenizer: { ...tokenizer, model }, config }), /its merges must make tokens/);
});
