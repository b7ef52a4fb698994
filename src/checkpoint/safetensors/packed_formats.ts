import { BITSANDBYTES } from "./bnb_weights.ts";
import { INT4 } from "./int4_weights.ts";
import type { PackedFormat } from "./packed_format.ts";

/** All ways of packing weights that can be read. */
export const PACKED_FORMATS: readonly PackedFormat[] = [BITSANDBYTES, INT4];
