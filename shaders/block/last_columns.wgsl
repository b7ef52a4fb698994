// y [rows, COUNT] = the last COUNT columns of x [rows, COLUMNS].
struct Params {
  total: u32, // Vecs of y
}
@group(0) @binding(0) var<storage, read> x: array<Vec>;
@group(0) @binding(1) var<storage, read_write> y: array<Vec>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.total) {
    return;
  }
  let count = COUNT / WIDTH;
  y[index] = x[index / count * (COLUMNS / WIDTH) + COLUMNS / WIDTH - count + index % count];
}
