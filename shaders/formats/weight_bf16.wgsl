@group(0) @binding(1) var<storage, read> weight: array<u32>;

// WGSL has no bf16; its 16 bits are the upper half of an f32.
fn weight_at(index: u32) -> f32 {
  return bitcast<f32>((weight[index >> 1u] >> ((index & 1u) * 16u)) << 16u);
}
