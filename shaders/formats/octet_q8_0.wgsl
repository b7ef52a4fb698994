@group(0) @binding(1) var<storage, read> weight: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
alias Scale = f32;

fn octet_scale(index: u32) -> Scale {
  return scales[index >> 2u];
}

// Elements 8 * index … 8 * index + 7 of the flattened weight: two packed words, within one block of 32.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  let words = weight[index];
  return mat2x4f(word_quad(words.x), word_quad(words.y)) * scale;
}
