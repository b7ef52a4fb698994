// y[m] = 1 if m % period == index or index == period, else 0.
struct Params {
  rows: u32,
  period: u32,
  index: u32,
}
@group(0) @binding(0) var<storage, read_write> y: array<f32>; // [rows]
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 64u + id.x;
  if (row < params.rows) {
    y[row] = select(0.0f, 1.0f, params.index == params.period || row % params.period == params.index);
  }
}
