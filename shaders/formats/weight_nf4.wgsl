@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;

// Blocks of 64 run along the flattened weight, so any shape is addressed alike.
fn weight_at(index: u32) -> f32 {
  return nf4_value(nf4_code(weight[index >> 3u], index & 7u)) * scales[index >> 6u];
}
