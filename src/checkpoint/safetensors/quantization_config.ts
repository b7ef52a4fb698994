import { expect } from "./packed_weight.ts";

/** What `quantization_config` of a `config.json` says; null where there is none. */
export type Quantization = { readonly method: "bitsandbytes" } | Int4Quantization | null;

/** GPTQ's or AWQ's 4-bit codes. */
export interface Int4Quantization {
  readonly method: "gptq" | "awq";
  /** Inputs that share a scale; −1 for all. */
  readonly groupSize: number;
  /** What is added to a stored zero point. */
  readonly zeroOffset: 0 | 1;
}

type Keys = Readonly<Record<string, unknown>>;

/** Readers of each `quant_method`'s keys. */
const METHODS: Readonly<Record<string, (keys: Keys, source: string) => Quantization>> = {
  bitsandbytes: readBnb,
  gptq: readGptq,
  awq: readAwq,
};

/** What GPTQ's formats leave to be added to a stored zero point. */
const ZERO_OFFSETS: Readonly<Record<string, 0 | 1>> = { gptq: 1, gptq_v2: 0 };

/**
 * Reads a directory's `quantization_config`.
 *
 * @param source names the file in messages
 * @throws SyntaxError where it is of a kind that cannot be read, so that no weight is taken for what it is not
 */
export function readQuantization(config: Keys, source: string): Quantization {
  const stated = config.quantization_config;
  if (stated === undefined || stated === null) return null;
  const isObject = typeof stated === "object" && !Array.isArray(stated);
  expect(isObject, source, "quantization_config must be an object", stated);
  const keys = stated as Keys;
  // Configs of transformers before 4.35 have bitsandbytes' keys alone.
  const method = keys.quant_method ?? ("load_in_4bit" in keys || "load_in_8bit" in keys ? "bitsandbytes" : "none");
  const must = `quantization_config.quant_method must be one of ${Object.keys(METHODS).join(", ")}`;
  expect(typeof method === "string" && Object.hasOwn(METHODS, method), source, must, method);
  return METHODS[method](keys, source);
}

function readBnb(keys: Keys, source: string): Quantization {
  expect(keys.load_in_8bit !== true, source, "bitsandbytes weights must be in 4 bits", "load_in_8bit");
  return { method: "bitsandbytes" };
}

function readGptq(keys: Keys, source: string): Quantization {
  const format = keys.checkpoint_format ?? "gptq";
  const known = typeof format === "string" && Object.hasOwn(ZERO_OFFSETS, format) && keys.is_marlin_format !== true;
  const must = `a GPTQ checkpoint_format must be ${Object.keys(ZERO_OFFSETS).join(" or ")}`;
  expect(known, source, must, keys.is_marlin_format === true ? "marlin" : format);
  expect(keys.bits === 4, source, "GPTQ's bits must be 4", keys.bits ?? "none");
  return { method: "gptq", groupSize: readGroupSize(keys.group_size, source), zeroOffset: ZERO_OFFSETS[format] };
}

function readAwq(keys: Keys, source: string): Quantization {
  const version = keys.version ?? "gemm";
  const known = typeof version === "string" && version.toLowerCase() === "gemm";
  expect(known, source, "AWQ's version must be gemm", version);
  const bits = keys.bits ?? keys.w_bit;
  expect(bits === 4, source, "AWQ's bits must be 4", bits ?? "none");
  return { method: "awq", groupSize: readGroupSize(keys.group_size ?? keys.q_group_size, source), zeroOffset: 0 };
}

function readGroupSize(size: unknown, source: string): number {
  const valid = Number.isSafeInteger(size) && (size === -1 || size as number > 0);
  expect(valid, source, "quantization_config.group_size must be -1 or a number of inputs", size ?? "none");
  return size as number;
}
