@group(0) @binding(1) var<storage, read> weight: array<u32>;

// Two f16 a word, widened exactly without the shader-f16 feature.
fn weight_at(index: u32) -> f32 {
  return unpack2x16float(weight[index >> 1u])[index & 1u];
}
