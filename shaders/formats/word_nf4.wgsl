fn octet_prepare(thread: u32) {}

// The 8 values of a packed word, without their scale.
fn word_octet(word: u32) -> mat2x4f {
  return mat2x4f(
    vec4f(nf4_value(word >> 4u), nf4_value(word), nf4_value(word >> 12u), nf4_value(word >> 8u)),
    vec4f(nf4_value(word >> 20u), nf4_value(word >> 16u), nf4_value(word >> 28u), nf4_value(word >> 24u)));
}

// Octet e of four packed words.
fn packed_octet(words: vec4<u32>, e: u32) -> mat2x4f {
  return word_octet(words[e]);
}
