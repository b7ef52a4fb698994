// Soft-caps the first `count` columns of each row in place.
struct Params {
  rows: u32,
  count: u32,
  stride: u32,
}
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, stride]
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * params.count) {
    return;
  }
  let at = index / params.count * params.stride + index % params.count;
  logits[at] = soft_cap(logits[at]);
}
