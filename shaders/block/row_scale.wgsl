// y[m, d] = x[m, d] * s[m]
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [rows, D]
@group(0) @binding(1) var<storage, read> s: array<f32>; // [rows]
@group(0) @binding(2) var<storage, read_write> y: array<Vec>; // [rows, D]
@group(0) @binding(3) var<uniform> params: Params;

const VECS: u32 = D / WIDTH;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index < params.rows * VECS) {
    y[index] = x[index] * s[index / VECS];
  }
}
