/** A key of a GGUF file: its type's number and its bytes. */
export interface GgufKey {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** A tensor to write. */
export interface GgufStored {
  readonly name: string;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** The bytes of a GGUF file, valid or not; `header` is where its tensors' bytes start. */
export function ggufBytes(
  keys: readonly GgufKey[],
  tensors: readonly GgufStored[],
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly header: number } {
  const parts = [new TextEncoder().encode("GGUF"), u32(3), u64(tensors.length), u64(keys.length)];
  for (const { name, type, bytes } of keys) parts.push(text(name), u32(type), bytes);
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(type), u64(offset));
    offset = pad(offset + bytes.length);
  }
  const header = pad(length(parts));
  parts.push(new Uint8Array(header - length(parts)));
  for (const { bytes } of tensors) parts.push(bytes, new Uint8Array(pad(bytes.length) - bytes.length));
  return { bytes: joined(parts), header };
}

/**
 * A llama of one layer that lacks most of its tensors: three types, a matrix in rotary order, a tokenizer of three
 * tokens.
 */
export function smallGguf(): { keys: GgufKey[]; tensors: GgufStored[] } {
  const number = (name: string, value: number): GgufKey => ({ name: `llama.${name}`, type: 4, bytes: u32(value) });
  const string = (name: string, value: string): GgufKey => ({ name, type: 8, bytes: text(value) });
  const strings = (name: string, values: string[]) => ({ name, type: 9, bytes: list(8, values.map(text)) });
  return {
    keys: [
      string("general.architecture", "llama"),
      number("block_count", 1),
      number("context_length", 64),
      number("embedding_length", 32),
      number("feed_forward_length", 32),
      number("attention.head_count", 4),
      { name: "llama.attention.layer_norm_rms_epsilon", type: 6, bytes: new Uint8Array(Float32Array.of(1e-5).buffer) },
      string("tokenizer.ggml.model", "gpt2"),
      string("tokenizer.ggml.pre", "smollm"),
      strings("tokenizer.ggml.tokens", ["a", "b", "ab"]),
      { name: "tokenizer.ggml.token_type", type: 9, bytes: list(5, [u32(1), u32(1), u32(1)]) },
      strings("tokenizer.ggml.merges", ["a b"]),
      { name: "tokenizer.ggml.add_bos_token", type: 7, bytes: Uint8Array.of(0) },
    ],
    tensors: [
      { name: "token_embd.weight", shape: [3, 32], type: 8, bytes: new Uint8Array(3 * 34).fill(17) },
      { name: "output_norm.weight", shape: [32], type: 0, bytes: new Uint8Array(128).fill(63) },
      { name: "blk.0.attn_q.weight", shape: [32, 32], type: 2, bytes: new Uint8Array(32 * 18).fill(34) },
      { name: "blk.0.attn_q.bias", shape: [32], type: 1, bytes: new Uint8Array(64).fill(51) },
    ],
  };
}

export function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function u64(value: number | bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}

export function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joined([u64(bytes.length), bytes]);
}

/** A list of elements of one type. */
export function list(type: number, elements: readonly Uint8Array[]): Uint8Array {
  return joined([u32(type), u64(elements.length), ...elements]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function length(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function pad(position: number): number {
  return Math.ceil(position / 32) * 32;
}
