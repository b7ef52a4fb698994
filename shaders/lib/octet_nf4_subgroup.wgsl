@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> absmax: array<f32>;

// The code book spread over lanes 0 to 7 of the subgroup, two values a lane: two shuffles cost less than nf4_value.
var<private> book: vec2f;

fn octet_prepare(lane: u32) {
  book = vec2f(nf4_value(lane & 7u), nf4_value(8u | (lane & 7u)));
}

fn octet_scale(index: u32) -> f32 {
  return absmax[index >> 3u];
}

// Elements 8 * index … 8 * index + 7 of the flattened weight: one packed word, within one block of 64.
fn weight_octet(index: u32, scale: f32) -> mat2x4f {
  let word = weight[index];
  return mat2x4f(
    vec4f(book_value(word >> 4u), book_value(word), book_value(word >> 12u), book_value(word >> 8u)) * scale,
    vec4f(book_value(word >> 20u), book_value(word >> 16u), book_value(word >> 28u), book_value(word >> 24u)) * scale);
}

// The value of the code in the lowest 4 bits.
fn book_value(bits: u32) -> f32 {
  return select(subgroupShuffle(book.x, bits & 7u), subgroupShuffle(book.y, bits & 7u), (bits & 8u) != 0u);
}
