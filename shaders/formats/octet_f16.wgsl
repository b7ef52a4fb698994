@group(0) @binding(1) var<storage, read> weight: array<vec4<u32>>;

alias Scale = f32;

fn octet_prepare(thread: u32) {}

fn octet_scale(index: u32) -> Scale {
  return 1.0f;
}

// Elements 8 * index … 8 * index + 7 of the flattened weight, which has no scale.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  let words = weight[index];
  return mat2x4f(
    vec4f(unpack2x16float(words.x), unpack2x16float(words.y)),
    vec4f(unpack2x16float(words.z), unpack2x16float(words.w)));
}
