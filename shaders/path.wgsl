// x[b, s, d] = (1 - alpha[b]) start[s, d] + alpha[b] end[s, d]: exact at both ends.
struct Params {
  points: u32, // B
  size: u32, // S * D
}
@group(0) @binding(0) var<storage, read> start: array<f32>; // [S, D]
@group(0) @binding(1) var<storage, read> end: array<f32>; // [S, D]
@group(0) @binding(2) var<storage, read> alpha: array<f32>; // [B]
@group(0) @binding(3) var<storage, read_write> x: array<f32>; // [B, S, D]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.points * params.size) {
    return;
  }
  let a = alpha[index / params.size];
  let at = index % params.size;
  x[index] = (1.0f - a) * start[at] + a * end[at];
}
