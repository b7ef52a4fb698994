import { join } from "node:path";
import { NF4_BLOCK, NF4_CODE_BOOK } from "../../src/quant/nf4.ts";
import { f32ToBf16 } from "../../src/quant/half.ts";
import { blockWeights, type ModelShape } from "../shapes.ts";

/** A tensor of the file to be written. */
interface Entry {
  readonly name: string;
  readonly dtype: "U8" | "F32" | "BF16";
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Writes its next bytes into a chunk. */
  fill(chunk: Uint8Array): void;
}

// Written in parts, as a checkpoint may be larger than memory.
const CHUNK = 2 ** 24;
/** Standard deviation of the weights, roughly; keeps activations of random layers finite. */
const SCALE = 0.02;

/**
 * Writes a Hugging Face directory of a Qwen2 with random weights. No tokenizer.
 *
 * @param format format of the blocks' linear layers: `nf4` as bitsandbytes stores it, with random codes and absmax, or
 * `bf16`, the format of the embedding (also the head), the norms and the biases
 * @returns bytes of `model.safetensors`
 */
export function writeRandomCheckpoint(
  directory: string,
  shape: Omit<ModelShape, "name">,
  format: "nf4" | "bf16" = "nf4",
): number {
  const config = {
    model_type: "qwen2",
    hidden_act: "silu",
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.intermediateSize,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    vocab_size: shape.vocabularySize,
    rms_norm_eps: 1e-6,
    rope_theta: 1e6,
    tie_word_embeddings: true,
    max_position_embeddings: 32768,
  };
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeTextFileSync(join(directory, "config.json"), JSON.stringify(config, null, 2));
  return writeSafetensors(join(directory, "model.safetensors"), entriesOf(shape, format));
}

function entriesOf(shape: Omit<ModelShape, "name">, format: "nf4" | "bf16"): Entry[] {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, layers, vocabularySize: V } = shape;
  const random = randomWords(1);
  const bf16 = (name: string, size: readonly number[], value: () => number): Entry => ({
    name,
    dtype: "BF16",
    shape: size,
    bytes: 2 * size.reduce((product, n) => product * n, 1),
    fill(chunk) {
      const pool = f32ToBf16(Float32Array.from({ length: Math.min(chunk.byteLength / 2, 65536) }, value));
      const words = new Uint16Array(chunk.buffer, chunk.byteOffset, chunk.byteLength / 2);
      for (let at = 0; at < words.length; at += pool.length) words.set(pool.subarray(0, words.length - at), at);
    },
  });
  const symmetric = () => SCALE * Math.sqrt(3) * (random() / 2 ** 31 - 1);
  const [qkv] = blockWeights(shape);
  const linears = [
    ["self_attn.q_proj", heads * headSize, qkv.inner],
    ["self_attn.k_proj", kvHeads * headSize, D],
    ["self_attn.v_proj", kvHeads * headSize, D],
    ["self_attn.o_proj", D, heads * headSize],
    ["mlp.gate_proj", F, D],
    ["mlp.up_proj", F, D],
    ["mlp.down_proj", D, F],
  ] as const;
  const linear = (name: string, rows: number, columns: number): Entry[] =>
    format === "nf4" ? nf4(name, rows, columns, random) : [bf16(name, [rows, columns], symmetric)];
  const block = (i: number) => [
    ...linears.flatMap(([name, rows, columns]) => linear(`model.layers.${i}.${name}.weight`, rows, columns)),
    ...linears.slice(0, 3).map(([name, rows]) => bf16(`model.layers.${i}.${name}.bias`, [rows], symmetric)),
    ...["input", "post_attention"].map((name) => bf16(`model.layers.${i}.${name}_layernorm.weight`, [D], () => 1)),
  ];
  return [
    bf16("model.embed_tokens.weight", [V, D], symmetric),
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    bf16("model.norm.weight", [D], () => 1),
  ];
}

/** The entries of one weight as bitsandbytes stores it, without double quantization. */
function nf4(name: string, rows: number, columns: number, random: () => number): Entry[] {
  const size = rows * columns;
  const state = { quant_type: "nf4", blocksize: NF4_BLOCK, dtype: "bfloat16", shape: [rows, columns] };
  const json = new TextEncoder().encode(JSON.stringify(state));
  const blocks = size / NF4_BLOCK;
  return [
    {
      name,
      dtype: "U8",
      shape: [size / 2, 1],
      bytes: size / 2,
      fill(chunk) {
        const words = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength >> 2);
        for (let i = 0; i < words.length; i++) words[i] = random();
        for (let i = 4 * words.length; i < chunk.byteLength; i++) chunk[i] = random();
      },
    },
    {
      name: `${name}.absmax`,
      dtype: "F32",
      shape: [blocks],
      bytes: 4 * blocks,
      fill(chunk) {
        const values = new Float32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength / 4);
        // The code book's own deviation is about a half.
        for (let i = 0; i < values.length; i++) values[i] = SCALE * (1 + random() / 2 ** 31);
      },
    },
    {
      name: `${name}.quant_map`,
      dtype: "F32",
      shape: [NF4_CODE_BOOK.length],
      bytes: 4 * NF4_CODE_BOOK.length,
      fill: (chunk) => chunk.set(new Uint8Array(Float32Array.from(NF4_CODE_BOOK).buffer)),
    },
    {
      name: `${name}.quant_state.bitsandbytes__nf4`,
      dtype: "U8",
      shape: [json.byteLength],
      bytes: json.byteLength,
      fill: (chunk) => chunk.set(json),
    },
  ];
}

/** Makes a source of u32 values, the same for equal seeds (xorshift32). */
function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function writeSafetensors(path: string, entries: readonly Entry[]): number {
  let end = 0;
  const header = Object.fromEntries(entries.map(({ name, dtype, shape, bytes }) => {
    const start = end;
    end += bytes;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  }));
  const text = new TextEncoder().encode(JSON.stringify(header));
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.byteLength;) at += file.writeSync(bytes.subarray(at));
  };
  write(new Uint8Array(BigUint64Array.of(BigInt(text.byteLength)).buffer));
  write(text);
  for (const { bytes, fill } of entries) {
    for (let left = bytes; left > 0; left -= CHUNK) {
      // A buffer of its own, so that views of any element size are aligned.
      const chunk = new Uint8Array(Math.min(CHUNK, left));
      fill(chunk);
      write(chunk);
    }
  }
  return 8 + text.byteLength + end;
}
