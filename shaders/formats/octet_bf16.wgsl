@group(0) @binding(1) var<storage, read> weight: array<vec4<u32>>;

alias Scale = f32;

fn octet_prepare(thread: u32) {}

fn octet_scale(index: u32) -> Scale {
  return 1.0f;
}

// Elements 8 * index … 8 * index + 7 of the flattened weight, which has no scale; bf16 is the upper half of an f32.
fn weight_octet(index: u32, scale: Scale) -> mat2x4f {
  let words = weight[index];
  let even = bitcast<vec4f>(words << vec4<u32>(16u));
  let odd = bitcast<vec4f>(words & vec4<u32>(0xffff0000u));
  return mat2x4f(vec4f(even.x, odd.x, even.y, odd.y), vec4f(even.z, odd.z, even.w, odd.w));
}
