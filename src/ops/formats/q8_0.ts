import octetSource from "../../../shaders/formats/octet_q8_0.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_q8_0.wgsl" with { type: "text" };
import wordSource from "../../../shaders/formats/word_q8_0.wgsl" with { type: "text" };
import { dequantizeQ8_0, Q8_0_BLOCK } from "../../quant/q8_0.ts";
import type { StorageFormat } from "./storage_format.ts";

/** ggml's Q8_0: signed bytes with a scale for each block. */
export const q8_0: StorageFormat = {
  layout: { bits: 8, block: Q8_0_BLOCK, perBlock: 1 },
  readers: { element: [elementSource], octet: [wordSource, octetSource], packed: [wordSource] },
  rowsAlone: 12,
  dequantize: ({ data, scales }, _shape, values) => dequantizeQ8_0({ codes: data, scales: scales! }, values),
  sample(values) {
    // A 16-bit scale a block, from 2⁻⁸ to 2⁻⁷, and codes of either sign up to the ends of their range.
    const blocks = Math.ceil(values.length / Q8_0_BLOCK);
    const scales = Float32Array.from({ length: blocks }, (_, block) => 2 ** -8 + block % 1024 * 2 ** -18);
    const codes = Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value * 160))));
    return { data: new Uint8Array(codes.buffer), scales };
  },
};
