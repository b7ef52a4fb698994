// The code book spread over lanes 0 to 7 of the subgroup, two values a lane: two shuffles cost less than nf4_value.
var<private> book: vec2f;

fn octet_prepare(lane: u32) {
  book = vec2f(nf4_value(lane & 7u), nf4_value(8u | (lane & 7u)));
}

// The 8 values of a packed word, without their scale.
fn word_octet(word: u32) -> mat2x4f {
  return mat2x4f(
    vec4f(book_value(word >> 4u), book_value(word), book_value(word >> 12u), book_value(word >> 8u)),
    vec4f(book_value(word >> 20u), book_value(word >> 16u), book_value(word >> 28u), book_value(word >> 24u)));
}

// The value of the code in the lowest 4 bits. The kernels call it for all lanes of a subgroup or for none.
@diagnostic(off, subgroup_uniformity)
fn book_value(bits: u32) -> f32 {
  return select(subgroupShuffle(book.x, bits & 7u), subgroupShuffle(book.y, bits & 7u), (bits & 8u) != 0u);
}

// Octet e of four packed words.
fn packed_octet(words: vec4<u32>, e: u32) -> mat2x4f {
  return word_octet(words[e]);
}
