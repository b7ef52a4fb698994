// x[b, s, d] = (1 - alpha[b]) start[s, d] + alpha[b] end[s, d]: exact at both ends.
struct Params {
  size: u32, // S * D, in Vecs
}
@group(0) @binding(0) var<storage, read> start: array<Vec>; // [S, D]
@group(0) @binding(1) var<storage, read> end: array<Vec>; // [S, D]
@group(0) @binding(2) var<storage, read> alpha: array<f32>; // [B]
@group(0) @binding(3) var<storage, read_write> x: array<Vec>; // [B, S, D]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = id.y * groups.x * 64u + id.x;
  if (at >= params.size) {
    return;
  }
  let a = alpha[id.z];
  x[id.z * params.size + at] = (1.0f - a) * start[at] + a * end[at];
}
