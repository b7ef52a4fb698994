import octetSource from "../../../shaders/formats/octet_bf16.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_bf16.wgsl" with { type: "text" };
import { bf16ToF32, f32ToBf16 } from "../../quant/half.ts";
import { bytesOfArray, type StorageFormat, wordsOfBytes } from "./storage_format.ts";

/** The upper half of an f32. */
export const bf16: StorageFormat = {
  layout: { bits: 16, block: null, perBlock: 0 },
  readers: { element: [elementSource], octet: [octetSource], packed: [octetSource] },
  rowsAlone: 8,
  dequantize: ({ data }, _shape, values) => bf16ToF32(wordsOfBytes(data), values),
  sample: (values) => ({ data: bytesOfArray(f32ToBf16(values)) }),
};
