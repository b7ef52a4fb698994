// result[r, k] = SCALE W[id_r, k], or with PAIR the difference of rows a_r and b_r, for the ids in this segment of W;
// others add nothing.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the segment's first row
  count: u32,
  inner: u32,
  accumulate: u32, // 0 for the first segment
}
@group(0) @binding(0) var<storage, read> ids: array<u32>; // [rows], or with PAIR [rows, 2]
@group(0) @binding(3) var<storage, read_write> result: array<f32>; // [rows, inner]
@group(0) @binding(4) var<uniform> params: Params;

fn element(id: u32, column: u32) -> f32 {
  if (id < params.first || id >= params.first + params.count) {
    return 0.0f;
  }
  return SCALE * weight_at((id - params.first) * params.inner + column);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * params.inner) {
    return;
  }
  let row = index / params.inner;
  let column = index % params.inner;
//@ if PAIR
  var sum = element(ids[row * 2u], column) - element(ids[row * 2u + 1u], column);
//@ else
  var sum = element(ids[row], column);
//@ end
  if (params.accumulate != 0u) {
    sum += result[index];
  }
  result[index] = sum;
}
