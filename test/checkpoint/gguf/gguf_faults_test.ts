import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { ggufBytes, type GgufKey, type GgufStored, joined, list, smallGguf, text, u32, u64 } from "./gguf_bytes.ts";
import { inScratch } from "../../support/in_scratch.ts";

type Parts = { keys: GgufKey[]; tensors: GgufStored[] };

function small(change: (parts: Parts) => void = () => {}): Uint8Array<ArrayBuffer> {
  const parts = smallGguf();
  change(parts);
  return ggufBytes(parts.keys, parts.tensors).bytes;
}

/** A valid file with a number of its fixed start changed. */
function withStart(field: "tensors" | "keys" | "length of the first key", value: bigint): Uint8Array<ArrayBuffer> {
  const bytes = small();
  const at = { tensors: 8, keys: 16, "length of the first key": 24 }[field];
  new DataView(bytes.buffer).setBigUint64(at, value, true);
  return bytes;
}

/** A list that says it has more elements than its bytes. */
function claims(type: number, elements: number | bigint): Uint8Array {
  return joined([u32(type), u64(elements)]);
}

async function rejects(bytes: Uint8Array, size: number, expected: RegExp): Promise<void> {
  await inScratch(async (directory) => {
    const path = join(directory, "bad.gguf");
    Deno.writeFileSync(path, bytes);
    // Beyond its bytes the file is a hole: nothing on disk.
    if (size > bytes.length) Deno.truncateSync(path, size);
    await assert.rejects(openCheckpoint(path), (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      assert.match(error.message, expected);
      assert.match(error.message, /bad\.gguf/);
      assert.ok(error.message.length < 1000);
      return true;
    });
  });
}

const TOKENS = "tokenizer.ggml.tokens";
const HUGE = 300_000_000;

const wrong: Record<string, { bytes: () => Uint8Array<ArrayBuffer>; size?: number; expected: RegExp }> = {
  "a key of 2^63 bytes": {
    bytes: () => withStart("length of the first key", 1n << 63n),
    expected: /a key must have at most 65535 bytes: got 9223372036854776000/,
  },
  "a string of 2^63 bytes": {
    bytes: () => small(({ keys }) => keys[0] = { ...keys[0], bytes: u64(1n << 63n) }),
    expected: /its header must go on to byte \d+ at least: got \d+ bytes \(truncated\)/,
  },
  "a string of 200 MB": {
    bytes: () =>
      small(({ keys, tensors }) => {
        keys.splice(0, keys.length, { name: "general.architecture", type: 8, bytes: u64(200_000_000) });
        tensors.length = 0;
      }),
    size: HUGE,
    expected: /its header must be at most 100000000 bytes: got 2\d+ or more/,
  },
  "2^63 tensors": {
    bytes: () => withStart("tensors", 1n << 63n),
    expected: /it must have at most \d+ tensors by its size: got 9223372036854776000/,
  },
  "2^32 keys": {
    bytes: () => withStart("keys", 1n << 32n),
    expected: /it must have at most \d+ keys by its size: got 4294967296/,
  },
  "a list longer than the file": {
    bytes: () => small(({ keys }) => keys[9] = { name: TOKENS, type: 9, bytes: claims(8, 1n << 62n) }),
    expected: /it must have at most \d+ elements of key tokenizer\.ggml\.tokens by its size: got 4611686018427388000/,
  },
  "a list of 80 million bytes": {
    bytes: () => small(({ keys }) => keys[9] = { name: TOKENS, type: 9, bytes: claims(0, 80_000_000) }),
    size: HUGE,
    expected: /its lists must have at most 16777216 elements: got 80000000 of key tokenizer\.ggml\.tokens/,
  },
  "a list of lists": {
    bytes: () => small(({ keys }) => keys[9] = { name: TOKENS, type: 9, bytes: list(9, [list(0, [])]) }),
    expected: /key tokenizer\.ggml\.tokens must be no list of lists: got one/,
  },
  "a key twice": {
    bytes: () => small(({ keys }) => keys.push(keys[1])),
    expected: /its keys must be unique: got llama\.block_count twice/,
  },
  "a tensor twice": {
    bytes: () => small(({ tensors }) => tensors.push(tensors[1])),
    expected: /its tensors must be unique: got output_norm\.weight twice/,
  },
  "a tensor's name of 65 bytes": {
    bytes: () => small(({ tensors }) => tensors[1] = { ...tensors[1], name: "n".repeat(65) }),
    expected: /a tensor's name must have at most 64 bytes: got 65/,
  },
  "a size of 0": {
    bytes: () => small(({ tensors }) => tensors[0] = { ...tensors[0], shape: [0, 32] }),
    expected: /tensor token_embd\.weight must have sizes from 1 on: got \[0,32\]/,
  },
  "sizes whose product is beyond 2^64": {
    bytes: () => small(({ tensors }) => tensors[2] = { ...tensors[2], shape: [2 ** 40, 2 ** 40] }),
    expected: /tensor blk\.0\.attn_q\.weight in .* as it must end at byte [\d.e+]+: got \d+ bytes \(truncated\)/,
  },
  "a bias without dimensions": {
    bytes: () => small(({ tensors }) => tensors[3] = { ...tensors[3], shape: [], bytes: new Uint8Array(2) }),
    expected: /tensor blk\.0\.attn_q\.bias in .* as its rows must be 4 heads of even size: got none/,
  },
  "half a head": {
    bytes: () =>
      small(({ keys }) => keys[5] = { ...keys[5], type: 6, bytes: new Uint8Array(Float32Array.of(0.5).buffer) }),
    expected: /tensor blk\.0\.attn_q\.weight in .* as its rows must be 0\.5 heads of even size: got 32/,
  },
  "a gap between tensors": {
    bytes: () => small(({ tensors }) => tensors[1] = { ...tensors[1], bytes: new Uint8Array(256) }),
    expected: /tensor blk\.0\.attn_q\.weight in .* as it must start at byte \d+: got \d+ \(gap\)/,
  },
  "numbers in big-endian order": {
    bytes: () => {
      const bytes = small();
      new DataView(bytes.buffer).setUint32(4, 3, false);
      return bytes;
    },
    expected: /its numbers must be little-endian: got big-endian/,
  },
  "a piece twice": {
    bytes: () => small(({ keys }) => keys[9] = { name: TOKENS, type: 9, bytes: list(8, ["a", "b", "a"].map(text)) }),
    expected: /tokenizer\.ggml\.tokens must be unique: got "a" as 0 and 2/,
  },
  "kinds of fewer tokens than it has": {
    bytes: () => small(({ keys }) => keys[10] = { ...keys[10], bytes: list(5, [u32(1), u32(3)]) }),
    expected: /tokenizer\.ggml\.token_type must be a list of 3 numbers: got \[1,3\]/,
  },
  "a merge of three": {
    bytes: () => small(({ keys }) => keys[11] = { ...keys[11], bytes: list(8, [text("a b ab")]) }),
    expected: /tokenizer\.ggml\.merges must be a list of pairs of pieces, .*: got \["a b ab"\]/,
  },
  "a piece of a million characters": {
    bytes: () =>
      small(({ keys }) => {
        keys[7] = { ...keys[7], bytes: text("llama") };
        keys[9] = { ...keys[9], bytes: list(8, ["a", "b", "a".repeat(1e6)].map(text)) };
        keys.push({ name: "tokenizer.ggml.scores", type: 9, bytes: list(6, [u32(0), u32(0), u32(0)]) });
      }),
    expected: /tokenizer\.ggml\.tokens must be pieces whose squared lengths sum to at most 268435456: got \[/,
  },
  "an architecture of a million characters": {
    bytes: () => small(({ keys }) => keys[0] = { ...keys[0], bytes: text("x".repeat(1e6)) }),
    expected: /general\.architecture must be one of .*: got x+…$/,
  },
  "a list for a number": {
    bytes: () => small(({ keys }) => keys[1] = { ...keys[1], type: 9, bytes: list(4, new Array(1e5).fill(u32(7))) }),
    expected: /llama\.block_count must be a number: got \[7,7,/,
  },
  "a key of 60000 bytes of an unknown type": {
    bytes: () => small(({ keys }) => keys[1] = { name: "k".repeat(60000), type: 99, bytes: u32(1) }),
    expected: /key k+… must have a type from 0 to 12: got 99/,
  },
  "a piece that is no UTF-8": {
    bytes: () =>
      small(({ keys }) =>
        keys[9] = {
          name: TOKENS,
          type: 9,
          bytes: list(8, [text("a"), joined([u64(1), Uint8Array.of(0xff)]), text("b")]),
        }
      ),
    expected: /the text at byte \d+ must be UTF-8: got other bytes/,
  },
  "an alignment of 0": {
    bytes: () => small(({ keys }) => keys.push({ name: "general.alignment", type: 4, bytes: u32(0) })),
    expected: /general\.alignment must be a positive number: got 0/,
  },
  "an alignment that is a text": {
    bytes: () => small(({ keys }) => keys.push({ name: "general.alignment", type: 8, bytes: text("x") })),
    expected: /general\.alignment must be a positive number: got "x"/,
  },
};

for (const [fault, { bytes, size = 0, expected }] of Object.entries(wrong)) {
  Deno.test(`openCheckpoint() rejects a GGUF file with ${fault}`, () => rejects(bytes(), size, expected));
}

Deno.test("the GGUF file that the faults are made of is sound", () =>
  inScratch(async (directory) => {
    const path = join(directory, "small.gguf");
    Deno.writeFileSync(path, small());
    const checkpoint = await openCheckpoint(path);
    for (const name of checkpoint.tensors.keys()) await checkpoint.read(name);
    assert.equal(checkpoint.tensors.size, 4);
    checkpoint.close();
  }));
