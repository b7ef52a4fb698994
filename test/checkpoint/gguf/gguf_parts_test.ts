import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { ggufBytes, type GgufKey, smallGguf, u32 } from "./gguf_bytes.ts";

const FIRST = "half-00001-of-00002.gguf";
const SECOND = "half-00002-of-00002.gguf";

function splitKeys(no: number, count: number, tensors: number): GgufKey[] {
  const numbers = { "split.no": no, "split.count": count, "split.tensors.count": tensors };
  return Object.entries(numbers).map(([name, value]) => ({ name, type: 4, bytes: u32(value) }));
}

/** The files of the small model, split after its first tensors. The second has no other keys, as of gguf-split. */
function halves(after = 2): Record<string, Uint8Array> {
  const { keys, tensors } = smallGguf();
  return {
    [FIRST]: ggufBytes([...keys, ...splitKeys(0, 2, 4)], tensors.slice(0, after)).bytes,
    [SECOND]: ggufBytes(splitKeys(1, 2, 4), tensors.slice(after)).bytes,
  };
}

function inFiles(files: Record<string, Uint8Array>, work: (directory: string) => Promise<void>): Promise<void> {
  return inScratch(async (directory) => {
    for (const [name, bytes] of Object.entries(files)) Deno.writeFileSync(join(directory, name), bytes);
    await work(directory);
  });
}

for (const after of [0, 1, 2, 4]) {
  Deno.test(`openCheckpoint() reads a GGUF model whose first file of two holds ${after} of its 4 tensors`, () => {
    const { keys, tensors } = smallGguf();
    const files = { ...halves(after), "whole.gguf": ggufBytes(keys, tensors).bytes };
    return inFiles(files, async (directory) => {
      const whole = await openCheckpoint(join(directory, "whole.gguf"));
      const split = await openCheckpoint(join(directory, FIRST));
      assert.deepEqual(split.config, whole.config);
      assert.deepEqual(new Set(split.tensors.keys()), new Set(whole.tensors.keys()));
      for (const name of whole.tensors.keys()) assert.deepEqual(await split.read(name), await whole.read(name));
      const embedding = "model.embed_tokens.weight";
      assert.deepEqual(await split.readRows(embedding, [2, 0]), await whole.readRows(embedding, [2, 0]));
      assert.notEqual(await split.fingerprint(), await whole.fingerprint());
      whole.close();
      split.close();
    });
  });
}

Deno.test("a GGUF file that was merged from parts is whole", () => {
  const { keys, tensors } = smallGguf();
  return inFiles({ "merged.gguf": ggufBytes([...keys, ...splitKeys(0, 0, 4)], tensors).bytes }, async (directory) => {
    const checkpoint = await openCheckpoint(join(directory, "merged.gguf"));
    assert.equal(checkpoint.tensors.size, 4);
    checkpoint.close();
  });
});

const { keys: KEYS, tensors: TENSORS } = smallGguf();

const wrong: Record<string, { files: Record<string, Uint8Array>; open?: string; expected: RegExp }> = {
  "a missing second part": {
    files: { [FIRST]: halves()[FIRST] },
    expected: /its part 2 of 2 must be .*half-00002-of-00002\.gguf: got none/,
  },
  "another first name": {
    files: { "other.gguf": halves()[FIRST] },
    open: "other.gguf",
    expected: /the first of 2 files must be named …-00001-of-00002\.gguf: got another name/,
  },
  "the second part opened": {
    files: halves(),
    open: SECOND,
    expected: /a model of 2 files must be opened by its first: got one with split\.no 1/,
  },
  "a part of another split": {
    files: { ...halves(), [SECOND]: ggufBytes(splitKeys(2, 3, 4), TENSORS.slice(2)).bytes },
    expected: /half-00002.* as its split\.no and split\.count must be 1 and 2: got 2 and 3/,
  },
  "a part that is a whole model": {
    files: { ...halves(), [SECOND]: ggufBytes(KEYS, TENSORS).bytes },
    expected: /half-00002.* must be 1 and 2: got nothing and nothing/,
  },
  "a tensor in two parts": {
    files: { ...halves(), [SECOND]: ggufBytes(splitKeys(1, 2, 4), TENSORS.slice(1, 3)).bytes },
    expected: /half-00002.* as its tensors must be unique: got output_norm\.weight twice/,
  },
  "fewer tensors than stated": {
    files: { ...halves(), [SECOND]: ggufBytes(splitKeys(1, 2, 4), TENSORS.slice(3)).bytes },
    expected: /its parts must have 4 tensors, by split\.tensors\.count: got 3/,
  },
  "a truncated second part": {
    files: { ...halves(), [SECOND]: halves()[SECOND].subarray(0, 20) },
    expected: /half-00002.* as it must have at most 0 tensors by its size: got 2/,
  },
  "too many parts": {
    files: { [FIRST]: ggufBytes([...KEYS, ...splitKeys(0, 4_000_000_000, 4)], TENSORS).bytes },
    expected: /split\.count must be an integer of at most 99999: got 4000000000/,
  },
};

for (const [fault, { files, open = FIRST, expected }] of Object.entries(wrong)) {
  Deno.test(`openCheckpoint() rejects a split GGUF model with ${fault}`, () =>
    inFiles(files, async (directory) => {
      await assert.rejects(openCheckpoint(join(directory, open)), expected);
    }));
}
