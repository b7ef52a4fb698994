import octetSource from "../../../shaders/formats/octet_int4.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_int4.wgsl" with { type: "text" };
import wordSource from "../../../shaders/formats/word_int4.wgsl" with { type: "text" };
import { dequantizeInt4Blocks, type Int4Block } from "../../quant/int4.ts";
import type { StorageFormat } from "./storage_format.ts";

/** 4-bit codes with a scale and an offset for each block: Q4_0, Q4_1, GPTQ and AWQ. */
export function int4(block: Int4Block): StorageFormat {
  const constant = `const BLOCK: u32 = ${block}u;\n`;
  return {
    layout: { bits: 4, block, perBlock: 2 },
    readers: {
      element: [constant, elementSource],
      octet: [constant, wordSource, octetSource],
      packed: [wordSource],
    },
    rowsAlone: 12,
    dequantize: ({ data, scales }, [rows, columns], values = new Float32Array(rows * columns)) =>
      dequantizeInt4Blocks({ codes: data, scales: scales!, block }, values),
    sample(values) {
      const data = Uint8Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => {
        const code = (at: number) => Math.floor(8 + 8 * (values[at] ?? 0));
        return code(2 * i) | code(2 * i + 1) << 4;
      });
      // A 16-bit scale a block, from 2⁻⁴ to 2⁻³, and a zero point from 3 to 12.
      const scales = Float32Array.from({ length: 2 * Math.ceil(values.length / block) }, (_, i) => {
        const scale = 2 ** -4 + (i >> 1) % 1024 * 2 ** -14;
        return i % 2 === 0 ? scale : -scale * (3 + (i >> 1) % 10);
      });
      return { data, scales };
    },
  };
}
