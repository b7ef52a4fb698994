@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<vec2f>; // scale and offset of each block
alias Scale = vec2f;

fn octet_scale(index: u32) -> Scale {
  return scales[index / (BLOCK / 8u)];
}

// Elements 8 * index … 8 * index + 7 of the flattened weight: one packed word, within one block.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  return in_block(word_octet(weight[index]), scale);
}
