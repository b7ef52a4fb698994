// logit_r = soft_cap(h_r . w_r), its derivative in the place of w_r: slope w_r. With PAIR rows w are pairs [a, b]:
// logit_r = soft_cap(h_r . a_r) - soft_cap(h_r . b_r), and slope_a a_r - slope_b b_r. A workgroup of 64 threads a row.
struct Params {
  rows: u32,
  inner: u32,
}
@group(0) @binding(0) var<storage, read> h: array<f32>; // [rows, inner]
@group(0) @binding(1) var<storage, read> w: array<f32>; // [rows, inner], or with PAIR [rows, 2, inner]
@group(0) @binding(2) var<storage, read_write> logit: array<f32>; // [rows]
//@ if GRADIENT
@group(0) @binding(3) var<storage, read_write> direction: array<f32>; // [rows, inner]
//@ end
@group(0) @binding(4) var<uniform> params: Params;

fn dot_at(lane: u32, row: u32, start: u32) -> f32 {
  var sum = 0.0f;
  for (var k = lane; k < params.inner; k += 64u) {
    sum = fma(h[row * params.inner + k], w[start + k], sum);
  }
  return reduce_sum(lane, sum);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
//@ if PAIR
  let a = row * 2u * params.inner;
  let b = a + params.inner;
  let second = soft_cap(dot_at(lane, row, b));
//@ else
  let a = row * params.inner;
//@ end
  let first = soft_cap(dot_at(lane, row, a));
  if (lane == 0u) {
//@ if PAIR
    logit[row] = first - second;
//@ else
    logit[row] = first;
//@ end
  }
//@ if GRADIENT
  for (var k = lane; k < params.inner; k += 64u) {
    var slope = soft_cap_slope(first) * w[a + k];
//@   if PAIR
    slope -= soft_cap_slope(second) * w[b + k];
//@   end
    direction[row * params.inner + k] = slope;
  }
//@ end
}
