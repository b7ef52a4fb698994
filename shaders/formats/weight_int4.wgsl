@group(0) @binding(1) var<storage, read> weight: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<vec2f>; // scale and offset of each block

// Blocks run along the flattened weight, so any shape is addressed alike.
fn weight_at(index: u32) -> f32 {
  let block = scales[index / BLOCK];
  return f32((weight[index >> 3u] >> (4u * (index & 7u))) & 15u) * block.x + block.y;
}
