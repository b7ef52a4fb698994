// logit_r = h_r . w_r of a row at two points, the start and, as many rows further, the end, soft-capped if CAPPED; and
// the multiplier of h_r: w_r, times the soft-cap's slope between the two. With PAIR rows w are pairs [a, b], of which
// the second is subtracted. A workgroup of 64 threads a pair.
struct Params {
  rows: u32, // pairs
  inner: u32,
}
@group(0) @binding(0) var<storage, read> h: array<f32>; // [2 rows, inner]
@group(0) @binding(1) var<storage, read> w: array<f32>; // [rows, inner], or with PAIR [rows, 2, inner]
@group(0) @binding(2) var<storage, read_write> logit: array<f32>; // [2 rows]
@group(0) @binding(3) var<storage, read_write> multiplier: array<f32>; // [rows, inner]
@group(0) @binding(4) var<uniform> params: Params;

// h_r . (w at a, less w at b with PAIR)
fn dot_at(lane: u32, row: u32, a: u32, b: u32) -> f32 {
  var sum = 0.0f;
  for (var k = lane; k < params.inner; k += 64u) {
    sum = fma(h[row * params.inner + k], weight_of(a + k, b + k), sum);
  }
  return reduce_sum(lane, sum);
}

fn weight_of(a: u32, b: u32) -> f32 {
//@ if CAPPED
  return w[a];
//@ else
//@   if PAIR
  return w[a] - w[b];
//@   else
  return w[a];
//@   end
//@ end
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
//@ else
  let a = row * params.inner;
//@ end
  let b = a + params.inner;
  var start = dot_at(lane, row, a, b);
  var end = dot_at(lane, row + params.rows, a, b);
//@ if CAPPED
  let slope = tanh_slope(start / CAP, end / CAP);
  start = soft_cap(start);
  end = soft_cap(end);
//@   if PAIR
  let other_start = dot_at(lane, row, b, a);
  let other_end = dot_at(lane, row + params.rows, b, a);
  let other_slope = tanh_slope(other_start / CAP, other_end / CAP);
  start -= soft_cap(other_start);
  end -= soft_cap(other_end);
//@   end
//@ end
  if (lane == 0u) {
    logit[row] = start;
    logit[row + params.rows] = end;
  }
  for (var k = lane; k < params.inner; k += 64u) {
//@ if CAPPED
    var m = slope * w[a + k];
//@   if PAIR
    m -= other_slope * w[b + k];
//@   end
//@ else
    let m = weight_of(a + k, b + k);
//@ end
    multiplier[row * params.inner + k] = m;
  }
}
