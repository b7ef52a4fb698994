import octetSource from "../../../shaders/formats/octet_f32.wgsl" with { type: "text" };
import elementSource from "../../../shaders/formats/weight_f32.wgsl" with { type: "text" };
import { bytesOfArray, type StorageFormat } from "./storage_format.ts";

/** IEEE single precision. */
export const f32: StorageFormat = {
  layout: { bits: 32, block: null, perBlock: 0 },
  readers: { element: [elementSource], octet: [octetSource], packed: [octetSource] },
  rowsAlone: 8,
  dequantize({ data }, _shape, values = new Float32Array(data.byteLength / 4)) {
    bytesOfArray(values).set(data);
    return values;
  },
  sample: (values) => ({ data: bytesOfArray(values) }),
};
