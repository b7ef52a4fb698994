// The code book in workgroup memory: its 16 values lie in banks of their own, so that threads read any of them at once,
// which takes fewer instructions than nf4_value.
var<workgroup> book: array<f32, 16>;

// Each thread of a workgroup, which has 8 or more, calls it by its number among them before it reads weights.
fn octet_prepare(thread: u32) {
  if (thread < 8u) {
    book[thread] = nf4_value(thread);
    book[thread + 8u] = nf4_value(thread + 8u);
  }
  workgroupBarrier();
}

// The 8 values of a packed word, without their scale.
fn word_octet(word: u32) -> mat2x4f {
  return mat2x4f(
    vec4f(book[(word >> 4u) & 15u], book[word & 15u], book[(word >> 12u) & 15u], book[(word >> 8u) & 15u]),
    vec4f(book[(word >> 20u) & 15u], book[(word >> 16u) & 15u], book[word >> 28u], book[(word >> 24u) & 15u]));
}

// Octet e of four packed words.
fn packed_octet(words: vec4<u32>, e: u32) -> mat2x4f {
  return word_octet(words[e]);
}
