@group(0) @binding(1) var<storage, read> weight: array<vec4f>;

alias Scale = f32;

fn octet_prepare(thread: u32) {}

fn octet_scale(index: u32) -> Scale {
  return 1.0f;
}

// Elements 8 * index … 8 * index + 7 of the flattened weight, which has no scale.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  return mat2x4f(weight[2u * index], weight[2u * index + 1u]);
}
