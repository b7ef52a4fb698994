@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
alias Scale = f32;

fn octet_scale(index: u32) -> Scale {
  return scales[index >> 3u];
}

// Elements 8 * index … 8 * index + 7 of the flattened weight: one packed word, within one block of 64.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  return word_octet(weight[index]) * scale;
}
