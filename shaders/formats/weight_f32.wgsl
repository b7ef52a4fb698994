@group(0) @binding(1) var<storage, read> weight: array<f32>;

fn weight_at(index: u32) -> f32 {
  return weight[index];
}
