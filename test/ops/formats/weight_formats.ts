import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";

/** Names of all formats that kernels read. */
export const WEIGHT_FORMATS = Object.keys(FORMATS) as readonly WeightFormat[];
