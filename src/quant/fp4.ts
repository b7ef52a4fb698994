/**
 * The 16 values of bitsandbytes' FP4 in the order of their codes: a sign, two bits of exponent and one of mantissa,
 * scaled to [-1, 1]. Blocks, packing and absmax are NF4's.
 *
 * Source: `get_4bit_type("fp4")` of bitsandbytes 0.50, whose digits these are.
 */
export const FP4_CODE_BOOK: Float32Array = new Float32Array([
  0,
  0.0052083334885537624,
  0.6666666865348816,
  1,
  0.3333333432674408,
  0.5,
  0.1666666716337204,
  0.25,
  0,
  -0.0052083334885537624,
  -0.6666666865348816,
  -1,
  -0.3333333432674408,
  -0.5,
  -0.1666666716337204,
  -0.25,
]);
