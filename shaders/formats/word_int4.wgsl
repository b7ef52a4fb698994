fn octet_prepare(thread: u32) {}

// The 8 codes of a packed word, the first in the lowest bits.
fn word_octet(word: u32) -> mat2x4f {
  return mat2x4f(
    vec4f((vec4<u32>(word) >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u)),
    vec4f((vec4<u32>(word) >> vec4<u32>(16u, 20u, 24u, 28u)) & vec4<u32>(15u)));
}

// The values of codes of one block, by its scale and offset.
fn in_block(codes: mat2x4f, block: vec2f) -> mat2x4f {
  return mat2x4f(codes[0] * block.x + block.y, codes[1] * block.x + block.y);
}

// Octet e of four packed words, as codes.
fn packed_octet(words: vec4<u32>, e: u32) -> mat2x4f {
  return word_octet(words[e]);
}
