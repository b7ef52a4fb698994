import { join } from "node:path";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { widenDense } from "../../src/checkpoint/dense_tensor.ts";
import { f32ToF16 } from "../../src/quant/half.ts";
import { dequantizeNf4, NF4_CODE_BOOK, quantizeNf4 } from "../../src/quant/nf4.ts";
import { ggufBytes, type GgufKey, type GgufStored, list, text, u32 } from "../checkpoint/gguf/gguf_bytes.ts";
import { type Stored, writeSafetensors } from "../checkpoint/scratch.ts";

const GROUP = 32;

/** A linear layer in 4 bits: value = scale · (code − 8), a power of two of scale for every 32 inputs. */
interface Int4Linear {
  readonly outputs: number;
  readonly inputs: number;
  /** [out, in] */
  readonly codes: Uint8Array;
  /** [out, in / 32] */
  readonly scales: Float32Array;
  /** [out, in] */
  readonly values: Float32Array;
}

/** A model whose linear layers 4-bit integers hold exactly, to be written in any format. */
interface OneModel {
  readonly linears: ReadonlyMap<string, Int4Linear>;
  /** Embedding, norms and biases as f32. */
  readonly others: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
  readonly config: Record<string, unknown>;
  readonly directory: string;
}

/** The model of a directory with its linear layers rounded to 4-bit integers. */
export async function roundedModel(directory: string): Promise<OneModel> {
  const checkpoint = await openCheckpoint(directory);
  const linears = new Map<string, Int4Linear>();
  const others = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { name, shape } of checkpoint.tensors.values()) {
    const tensor = await checkpoint.read(name);
    if (tensor.kind === "nf4") linears.set(name, rounded(dequantizeNf4(tensor), shape[0], shape[1]));
    else if (tensor.kind === "dense") others.set(name, { shape, values: widenDense(tensor.dtype, tensor.data) });
  }
  checkpoint.close();
  const { quantization_config: _, ...config } = checkpoint.config;
  return { linears, others, config: { ...config, dtype: "float32" }, directory };
}

function rounded(weights: Float32Array, outputs: number, inputs: number): Int4Linear {
  const codes = new Uint8Array(weights.length);
  const scales = new Float32Array(weights.length / GROUP);
  const values = new Float32Array(weights.length);
  for (let group = 0; group < scales.length; group++) {
    const span = weights.subarray(group * GROUP, (group + 1) * GROUP);
    const top = span.reduce((most, value) => Math.max(most, Math.abs(value)), 2 ** -13);
    const scale = scales[group] = 2 ** Math.ceil(Math.log2(top / 7.5));
    span.forEach((value, i) => {
      const code = Math.max(0, Math.min(15, Math.round(value / scale) + 8));
      codes[group * GROUP + i] = code;
      values[group * GROUP + i] = scale * (code - 8);
    });
  }
  return { outputs, inputs, codes, scales, values };
}

const bytesOf = (view: ArrayBufferView<ArrayBufferLike>) =>
  new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
const f32 = (shape: readonly number[], values: Float32Array): Stored => ({
  dtype: "F32",
  shape,
  bytes: bytesOf(values),
});

/** Everything in f32: the directory's tensors. */
export function denseTensors({ linears, others }: OneModel): Record<string, Stored> {
  const dense = [...others].map(([name, { shape, values }]) => [name, f32(shape, values)] as const);
  const linear = [...linears].map(([name, { outputs, inputs, values }]) =>
    [name, f32([outputs, inputs], values)] as const
  );
  return Object.fromEntries([...dense, ...linear]);
}

function withLinears(model: OneModel, parts: (module: string, linear: Int4Linear) => Record<string, Stored>) {
  const tensors: Record<string, Stored> = {};
  for (const [name, { shape, values }] of model.others) tensors[name] = f32(shape, values);
  for (const [name, linear] of model.linears) Object.assign(tensors, parts(name.replace(/\.weight$/, ""), linear));
  return tensors;
}

/** A word of eight codes of 4 bits, code k at its place. */
function packed(places: readonly number[], code: (k: number) => number): number {
  return places.reduce((word, place, k) => (word | code(k) << 4 * place) >>> 0, 0);
}

const IN_ORDER = [0, 1, 2, 3, 4, 5, 6, 7];
/** AutoAWQ's place of each of eight outputs. */
const AWQ_ORDER = [0, 4, 1, 5, 2, 6, 3, 7];

function scalesByGroup({ outputs, inputs, scales }: Int4Linear): Stored {
  const groups = inputs / GROUP;
  const turned = Float32Array.from(scales, (_, i) => scales[i % outputs * groups + Math.floor(i / outputs)]);
  return { dtype: "F16", shape: [groups, outputs], bytes: bytesOf(f32ToF16(turned)) };
}

/** GPTQ's first format, which stores zero points less one. */
export function gptqTensors(model: OneModel): Record<string, Stored> {
  return withLinears(model, (module, linear) => {
    const { outputs, inputs, codes } = linear;
    const words = Uint32Array.from(
      { length: inputs / 8 * outputs },
      (_, i) => packed(IN_ORDER, (k) => codes[i % outputs * inputs + 8 * Math.floor(i / outputs) + k]),
    );
    const zeros = new Uint32Array(inputs / GROUP * outputs / 8).fill(0x77777777);
    return {
      [`${module}.qweight`]: { dtype: "I32", shape: [inputs / 8, outputs], bytes: bytesOf(words) },
      [`${module}.qzeros`]: { dtype: "I32", shape: [inputs / GROUP, outputs / 8], bytes: bytesOf(zeros) },
      [`${module}.scales`]: scalesByGroup(linear),
    };
  });
}

/** AWQ's gemm layout. */
export function awqTensors(model: OneModel): Record<string, Stored> {
  return withLinears(model, (module, linear) => {
    const { outputs, inputs, codes } = linear;
    const across = outputs / 8;
    const words = Uint32Array.from(
      { length: inputs * across },
      (_, i) => packed(AWQ_ORDER, (k) => codes[(8 * (i % across) + k) * inputs + Math.floor(i / across)]),
    );
    const zeros = new Uint32Array(inputs / GROUP * across).fill(0x88888888);
    return {
      [`${module}.qweight`]: { dtype: "I32", shape: [inputs, across], bytes: bytesOf(words) },
      [`${module}.qzeros`]: { dtype: "I32", shape: [inputs / GROUP, across], bytes: bytesOf(zeros) },
      [`${module}.scales`]: scalesByGroup(linear),
    };
  });
}

/** NF4 of the same values, as bitsandbytes stores it. */
export function bnbTensors(model: OneModel): Record<string, Stored> {
  return withLinears(model, (module, { outputs, inputs, values }) => {
    const { codes, absmax } = quantizeNf4(values, [outputs, inputs]);
    const state = { quant_type: "nf4", blocksize: 64, dtype: "float32", shape: [outputs, inputs] };
    const json = new TextEncoder().encode(JSON.stringify(state));
    return {
      [`${module}.weight`]: { dtype: "U8", shape: [codes.length, 1], bytes: codes },
      [`${module}.weight.absmax`]: f32([absmax.length], absmax),
      [`${module}.weight.quant_map`]: f32([16], Float32Array.from(NF4_CODE_BOOK)),
      [`${module}.weight.quant_state.bitsandbytes__nf4`]: { dtype: "U8", shape: [json.length], bytes: json },
    };
  });
}

/** Writes a directory with the tokenizer of the original. */
export function writeModel(
  model: OneModel,
  to: string,
  shards: Readonly<Record<string, Readonly<Record<string, Stored>>>>,
  quantization?: Record<string, unknown>,
): void {
  Deno.mkdirSync(to, { recursive: true });
  const config = quantization === undefined ? model.config : { ...model.config, quantization_config: quantization };
  Deno.writeTextFileSync(join(to, "config.json"), JSON.stringify(config));
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    Deno.copyFileSync(join(model.directory, name), join(to, name));
  }
  for (const [file, tensors] of Object.entries(shards)) writeSafetensors(join(to, file), tensors);
  if (Object.keys(shards).length === 1) return;
  const entries = Object.entries(shards).flatMap(([file, tensors]) => Object.keys(tensors).map((name) => [name, file]));
  Deno.writeTextFileSync(
    join(to, "model.safetensors.index.json"),
    JSON.stringify({ metadata: {}, weight_map: Object.fromEntries(entries) }),
  );
}

const GGUF_PARTS: readonly (readonly [string, string])[] = [
  ["model.embed_tokens", "token_embd"],
  ["model.norm", "output_norm"],
  ["model.layers.", "blk."],
  ["input_layernorm", "attn_norm"],
  ["post_attention_layernorm", "ffn_norm"],
  ["self_attn.o_proj", "attn_output"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
];

/** A GGUF file with the linear layers in Q4_0, the rest in F32 and the tokenizer in its keys. */
export function ggufFile(model: OneModel): Uint8Array<ArrayBuffer> {
  const ggufName = (name: string) => GGUF_PARTS.reduce((now, [from, to]) => now.replace(from, to), name);
  const tensors: GgufStored[] = [
    ...[...model.others].map(([name, { shape, values }]) => ({
      name: ggufName(name),
      shape,
      type: 0,
      bytes: bytesOf(values),
    })),
    ...[...model.linears].map(([name, linear]) => (
      { name: ggufName(name), shape: [linear.outputs, linear.inputs], type: 2, bytes: q4_0(linear) }
    )),
  ];
  return ggufBytes([...modelKeys(model.config), ...tokenizerKeys(model.directory)], tensors).bytes;
}

/** Blocks of an f16 scale and 16 bytes that pair element i with element i + 16. */
function q4_0({ codes, scales }: Int4Linear): Uint8Array {
  const bytes = new Uint8Array(scales.length * 18);
  const halves = f32ToF16(scales);
  for (let block = 0; block < scales.length; block++) {
    bytes.set([halves[block] & 255, halves[block] >> 8], block * 18);
    const of = (i: number) => codes[block * GROUP + i];
    for (let i = 0; i < 16; i++) bytes[block * 18 + 2 + i] = of(i) | of(i + 16) << 4;
  }
  return bytes;
}

const string = (name: string, value: string): GgufKey => ({ name, type: 8, bytes: text(value) });

function modelKeys(config: Record<string, unknown>): GgufKey[] {
  const number = (name: string, key: string): GgufKey => ({
    name: `qwen2.${name}`,
    type: 4,
    bytes: u32(config[key] as number),
  });
  const real = (name: string, value: unknown): GgufKey => (
    { name: `qwen2.${name}`, type: 6, bytes: bytesOf(Float32Array.of(value as number)) }
  );
  const { rope_theta } = config.rope_parameters as Record<string, unknown>;
  return [
    string("general.architecture", "qwen2"),
    number("block_count", "num_hidden_layers"),
    number("context_length", "max_position_embeddings"),
    number("embedding_length", "hidden_size"),
    number("feed_forward_length", "intermediate_size"),
    number("attention.head_count", "num_attention_heads"),
    number("attention.head_count_kv", "num_key_value_heads"),
    real("attention.layer_norm_rms_epsilon", config.rms_norm_eps),
    real("rope.freq_base", rope_theta),
  ];
}

function tokenizerKeys(directory: string): GgufKey[] {
  const { model, added_tokens } = JSON.parse(Deno.readTextFileSync(join(directory, "tokenizer.json")));
  const vocabulary = Object.entries(model.vocab as Record<string, number>).toSorted(([, a], [, b]) => a - b);
  const special = new Set(added_tokens.map(({ id }: { id: number }) => id));
  const strings = (name: string, values: string[]): GgufKey => ({ name, type: 9, bytes: list(8, values.map(text)) });
  return [
    string("tokenizer.ggml.model", "gpt2"),
    string("tokenizer.ggml.pre", "qwen2"),
    strings("tokenizer.ggml.tokens", vocabulary.map(([token]) => token)),
    {
      name: "tokenizer.ggml.token_type",
      type: 9,
      bytes: list(5, vocabulary.map(([, id]) => u32(special.has(id) ? 3 : 1))),
    },
    strings("tokenizer.ggml.merges", model.merges.map((pair: string | string[]) => [pair].flat().join(" "))),
    { name: "tokenizer.ggml.eos_token_id", type: 4, bytes: u32(0) },
    { name: "tokenizer.ggml.add_bos_token", type: 7, bytes: Uint8Array.of(0) },
  ];
}
