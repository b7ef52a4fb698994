import { ATTENTION_CASES } from "./attention/attention_cases.ts";
import { BLOCK_CASES } from "./block/block_cases.ts";
import { HEAD_CASES, HEAD_VALUE_CASES } from "./head/head_cases.ts";

/** Every op but the matrix products (product/linear_test.ts) at awkward sizes. */
export const CASES = [...ATTENTION_CASES, ...BLOCK_CASES, ...HEAD_CASES] as const;

/** Cases of ops whose attributes leave no derivative. */
export const VALUE_CASES = HEAD_VALUE_CASES;
