@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;

// Blocks of 32 run along the flattened weight, so any shape is addressed alike.
fn weight_at(index: u32) -> f32 {
  return f32(i32(weight[index >> 2u] << (24u - (index & 3u) * 8u)) >> 24u) * scales[index >> 5u];
}
