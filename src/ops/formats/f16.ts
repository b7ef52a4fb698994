import octetSource from "../../../shaders/formats/octet_f16.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_f16.wgsl" with { type: "text" };
import { f16ToF32, f32ToF16 } from "../../quant/half.ts";
import { bytesOfArray, type StorageFormat, wordsOfBytes } from "./storage_format.ts";

/** IEEE half precision. */
export const f16: StorageFormat = {
  layout: { bits: 16, block: null, perBlock: 0 },
  readers: { element: [elementSource], octet: [octetSource], packed: [octetSource] },
  rowsAlone: 8,
  dequantize: ({ data }, _shape, values) => f16ToF32(wordsOfBytes(data), values),
  sample: (values) => ({ data: bytesOfArray(f32ToF16(values)) }),
};
