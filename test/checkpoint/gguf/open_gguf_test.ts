import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { GGML_TYPES } from "../../../src/quant/ggml.ts";
import { goldenPath } from "../../quant/golden.ts";
import { testGguf } from "./gguf_golden.ts";
import { inScratch } from "../../support/in_scratch.ts";

const TINY = goldenPath("tiny.gguf");

testGguf("a GGUF file of seven tensor types", TINY, "gguf.json");
testGguf("a GGUF file of the other types, one K type a layer", goldenPath("types.gguf"), "gguf_types.json");

Deno.test("the golden GGUF files hold every supported type between them", async () => {
  const formats = new Set<string>();
  for (const name of ["tiny.gguf", "types.gguf"]) {
    const checkpoint = await openCheckpoint(goldenPath(name));
    for (const { format } of checkpoint.tensors.values()) formats.add(format);
    checkpoint.close();
  }
  assert.deepEqual(formats, new Set([...GGML_TYPES.values()].map(({ name }) => name)));
});

Deno.test("openCheckpoint() lists a GGUF file's tensors with their types and sizes, and keeps what kernels read", async () => {
  const checkpoint = await openCheckpoint(TINY);
  const { name, shape, format, bytes } = checkpoint.tensors.get("model.layers.0.mlp.down_proj.weight")!;
  assert.deepEqual({ name, shape, format, bytes }, {
    name: "model.layers.0.mlp.down_proj.weight",
    shape: [32, 256],
    format: "Q6_K",
    bytes: 32 * 210,
  });
  const formats = new Set([...checkpoint.tensors.values()].map(({ format }) => format));
  assert.deepEqual(formats, new Set(["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q6_K"]));
  const kinds = await Promise.all(["k", "v", "o", "q"].map(async (part) => {
    const tensor = await checkpoint.read(`model.layers.0.self_attn.${part}_proj.weight`);
    return tensor.kind === "dense" ? tensor.dtype : tensor.kind;
  }));
  assert.deepEqual(kinds, ["f16", "bf16", "f32", "int4"]);
  checkpoint.close();
});

Deno.test("fingerprint() of a GGUF file is its SHA-256", async () => {
  const checkpoint = await openCheckpoint(TINY);
  const digest = createHash("sha256").update(Deno.readFileSync(TINY)).digest("hex");
  assert.equal(await checkpoint.fingerprint(), `sha256:${digest}`);
  checkpoint.close();
});

Deno.test("a GGUF file's tokenizer merges, splits digits, knows its special tokens and its chat template", async () => {
  const { tokenizer, close } = await openCheckpoint(TINY);
  const { describe, encodeTarget, encodePrompt, decode, eosTokenIds, tokenId } = await loadTokenizer(tokenizer!);
  const pieces = async (text: string) => describe(await encodeTarget(text)).map(({ text }) => text);
  assert.deepEqual(await pieces("abcd abab 12<|im_end|>é"), [
    "abcd",
    " ab",
    "ab",
    " ",
    "1",
    "2",
    "<|im_end|>",
    "é",
    "\\xa9",
  ]);
  assert.deepEqual(eosTokenIds, [2]);
  assert.equal(await tokenId("<|endoftext|>"), 0);
  const { tokens } = await encodePrompt("ab", { chat: true });
  assert.equal(decode(tokens.map(({ id }) => id)), "<|im_start|>user\nab<|im_end|>\n<|im_start|>assistant\n");
  assert.deepEqual(tokens.filter(({ template }) => !template).map(({ text }) => text), ["ab"]);
  close();
});

Deno.test("read() and readRows() of a GGUF file reject a tensor or row that is not there", async () => {
  const checkpoint = await openCheckpoint(TINY);
  await assert.rejects(checkpoint.read("lm_head.weight"), {
    name: "RangeError",
    message: /lm_head\.weight .*tiny\.gguf/,
  });
  await assert.rejects(checkpoint.readRows("model.embed_tokens.weight", [263]), { message: /0 to 262: got 263/ });
  checkpoint.close();
});

/** Position right after the first occurrence of a text in the golden file. */
function after(bytes: Uint8Array, text: string): number {
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  assert.ok(at > 0);
  return at + text.length;
}

function changed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = Deno.readFileSync(TINY);
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

/** After a tensor's name: dimensions u32, sizes u64 each, type u32, offset u64. */
function setEntry(name: string, part: "size0" | "type" | "offset", value: number): Uint8Array {
  return changed((bytes, view) => {
    const at = after(bytes, name);
    const dimensions = view.getUint32(at, true);
    const typeAt = at + 4 + 8 * dimensions;
    if (part === "type") view.setUint32(typeAt, value, true);
    else view.setBigUint64(part === "size0" ? at + 4 : typeAt + 4, BigInt(value), true);
  });
}

const wrong: Record<string, { bytes: () => Uint8Array; expected: RegExp }> = {
  "no GGUF magic": { bytes: () => changed((bytes) => bytes[0] = 88), expected: /it must start with GGUF: got "XGUF"/ },
  "an unknown version": {
    bytes: () => changed((bytes) => bytes[4] = 9),
    expected: /its version must be 2 or 3: got 9/,
  },
  "an end in its first bytes": {
    bytes: () => changed(() => {}).subarray(0, 10),
    expected: /its header must go on to byte 16 at least: got 10 bytes \(truncated\)/,
  },
  "an end within its keys": {
    bytes: () => changed(() => {}).subarray(0, 1000),
    expected: /its header must go on to byte \d+ at least: got 1000 bytes \(truncated\)/,
  },
  "an end within its tensors": {
    bytes: () => changed(() => {}).subarray(0, 30000),
    expected: /tensor blk\.0\.ffn_up\.weight in .* as it must end at byte \d+: got 30000 bytes \(truncated\)/,
  },
  "a string longer than the file": {
    bytes: () => changed((bytes, view) => view.setBigUint64(after(bytes, "general.architecture") + 4, 1n << 60n, true)),
    expected: /its header must go on to byte \d+ at least: got \d+ bytes \(truncated\)/,
  },
  "more keys than it has": {
    bytes: () => changed((_, view) => view.setBigUint64(16, 1n << 40n, true)),
    expected: /Cannot read .*bad\.gguf as /,
  },
  "a key of an unknown type": {
    bytes: () => changed((bytes, view) => view.setUint32(after(bytes, "llama.block_count"), 77, true)),
    expected: /key llama\.block_count must have a type from 0 to 12: got 77/,
  },
  "another architecture": {
    bytes: () => changed((bytes) => bytes[after(bytes, "general.architecture") + 12] = 66),
    expected: /general\.architecture must be one of llama, qwen2, qwen3, gemma2, gemma3: got Blama/,
  },
  "a missing size": {
    bytes: () => changed((bytes) => bytes[after(bytes, "llama.embedding_lengt")] = 66),
    expected: /llama\.embedding_length must be a number: got none/,
  },
  "another kind of tokenizer": {
    bytes: () => changed((bytes) => bytes[after(bytes, "tokenizer.ggml.model") + 12] = 66),
    expected: /tokenizer\.ggml\.model must be gpt2 or llama: got "Bpt2"/,
  },
  "an unknown pre-tokenizer": {
    bytes: () => changed((bytes) => bytes[after(bytes, "tokenizer.ggml.pre") + 12] = 66),
    expected: /tokenizer\.ggml\.pre must be one of gpt-2, smollm, qwen2, llama-bpe: got "Bmollm"/,
  },
  "an unsupported tensor type": {
    bytes: () => setEntry("blk.0.ffn_up.weight", "type", 16),
    expected: /tensor blk\.0\.ffn_up\.weight in .* as its type must be one of F32, F16, .*: got 16/,
  },
  "a tensor that the model has no place for": {
    bytes: () => changed((bytes) => bytes[after(bytes, "blk.0.ffn_u")] = 66),
    expected: /tensor blk\.0\.ffn_uB\.weight in .* as a llama model must have a place for it: got none/,
  },
  "rows that are no whole blocks": {
    bytes: () => setEntry("blk.0.ffn_gate.weight", "size0", 31),
    expected: /its rows must be whole blocks of 32: got \[256,31\]/,
  },
  "overlapping tensors": {
    bytes: () => setEntry("blk.0.attn_v.weight", "offset", 32),
    expected: /must start at byte \d+: got \d+ \(overlap\)/,
  },
  "a tensor with too many dimensions": {
    bytes: () => changed((bytes, view) => view.setUint32(after(bytes, "blk.0.attn_v.weight"), 5, true)),
    expected: /tensor blk\.0\.attn_v\.weight must have at most 4 dimensions: got 5/,
  },
};

for (const [fault, { bytes, expected }] of Object.entries(wrong)) {
  Deno.test(`openCheckpoint() rejects a GGUF file with ${fault}`, () =>
    inScratch(async (directory) => {
      const path = join(directory, "bad.gguf");
      Deno.writeFileSync(path, bytes());
      await assert.rejects(openCheckpoint(path), { name: "SyntaxError", message: expected });
      await assert.rejects(openCheckpoint(path), /bad\.gguf/);
    }));
}

Deno.test("read() and readRows() name file and tensor where a GGUF block's scale is NaN", () =>
  inScratch(async (directory) => {
    const path = join(directory, "nan.gguf");
    const bytes = Deno.readFileSync(TINY);
    // The first tensor's data comes first: the f16 scale of the first Q8_0 block of the embedding.
    const checkpoint = await openCheckpoint(TINY);
    const total = [...checkpoint.tensors.values()].reduce((sum, { bytes }) => sum + Math.ceil(bytes / 32) * 32, 0);
    checkpoint.close();
    new DataView(bytes.buffer).setUint16(bytes.length - total, 0x7e00, true);
    Deno.writeFileSync(path, bytes);
    const broken = await openCheckpoint(path);
    const expected = {
      name: "RangeError",
      message:
        /Cannot use (scales of )?tensor model\.embed_tokens\.weight in .*nan\.gguf as every element must be finite/,
    };
    await assert.rejects(broken.read("model.embed_tokens.weight"), expected);
    await assert.rejects(broken.readRows("model.embed_tokens.weight", [0]), expected);
    assert.equal((await broken.readRows("model.embed_tokens.weight", [1])).length, 32);
    broken.close();
  }));
