// y [M, D] = x at the rows that are named.
struct Params {
  total: u32, // Vecs of y
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [R, D]
@group(0) @binding(1) var<storage, read> rows: array<u32>; // [M]
@group(0) @binding(2) var<storage, read_write> y: array<Vec>; // [M, D]
@group(0) @binding(3) var<uniform> params: Params;

const VECS: u32 = D / WIDTH;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.total) {
    return;
  }
  y[index] = x[rows[index / VECS] * VECS + index % VECS];
}
