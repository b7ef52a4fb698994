fn octet_prepare(thread: u32) {}

// The four values of a packed word of signed bytes, without their scale.
fn word_quad(word: u32) -> vec4f {
  return vec4f(vec4<i32>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}

// Octet e of two in four packed words.
fn packed_octet(words: vec4<u32>, e: u32) -> mat2x4f {
  return mat2x4f(word_quad(words[2u * e]), word_quad(words[2u * e + 1u]));
}
