// y = FRONT x in the first columns of each row, REST x in the others.
struct Params {
  count: u32,
  columns: u32,
  front: u32, // first columns
}
@group(0) @binding(0) var<storage, read> x: array<f32>; // [rows, columns]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [rows, columns]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index < params.count) {
    y[index] = x[index] * select(REST, FRONT, index % params.columns < params.front);
  }
}
