import codeSource from "../../../shaders/formats/nf4.wgsl" with { type: "text" };
import octetSource from "../../../shaders/formats/octet_nf4.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_nf4.wgsl" with { type: "text" };
import wordSource from "../../../shaders/formats/word_nf4.wgsl" with { type: "text" };
import bookSource from "../../../shaders/formats/word_nf4_book.wgsl" with { type: "text" };
import shuffledSource from "../../../shaders/formats/word_nf4_subgroup.wgsl" with { type: "text" };
import { dequantizeNf4, quantizeNf4 } from "../../quant/nf4.ts";
import type { StorageFormat } from "./storage_format.ts";

/** bitsandbytes' 4-bit normal floats, with the largest magnitude of each block as its scale. */
export const nf4: StorageFormat = {
  layout: { bits: 4, block: 64, perBlock: 1 },
  readers: {
    element: [codeSource, elementSource],
    octet: [codeSource, wordSource, octetSource],
    packed: [codeSource, wordSource],
    shuffled: { octet: [codeSource, shuffledSource, octetSource], packed: [codeSource, shuffledSource] },
    booked: { octet: [codeSource, bookSource, octetSource], packed: [codeSource, bookSource] },
  },
  rowsAlone: 8,
  dequantize: ({ data, scales }, [rows, columns], values) =>
    dequantizeNf4({ kind: "nf4", shape: [rows, columns], codes: data, absmax: scales! }, values),
  sample(values, shape) {
    const { codes, absmax } = quantizeNf4(values, shape);
    return { data: codes, scales: absmax };
  },
};
