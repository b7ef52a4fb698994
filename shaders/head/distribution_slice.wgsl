// Folds one slice of logits z into the state of each row's distribution p = softmax(z), and after the last slice
// gives its entropy or, with DIVERGENCE, its divergence from that of the reference logits of the row's target, sum p0
// log(p0 / p).
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  last: u32, // 1 for the last slice
  period: u32, // rows of the reference: row r has r % period
  vocabulary: u32,
}
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [rows, stride]
//@ if DIVERGENCE
@group(0) @binding(1) var<storage, read> reference: array<f32>; // [period, vocabulary]
//@ end
// [rows, 5], after the last slice: maximum of z, sum of exp(z - maximum), and for entropy the mean of z - maximum; with
// DIVERGENCE the same two of the reference in the third and fourth place.
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> score: array<f32>; // [rows]
@group(0) @binding(4) var<uniform> params: Params;

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
  let start = row * params.stride;
  let own = row * 5u;
  let first = params.first == 0u;
  var top = logits[start];
  if (!first) {
    top = state[own];
  }
  let before = top;
  for (var j = lane; j < params.count; j += 64u) {
    top = max(top, logits[start + j]);
  }
  let maximum = reduce_max(lane, top);
  let factor = exp(before - maximum);
//@ if DIVERGENCE
  let other = row % params.period * params.vocabulary + params.first;
  var reference_top = reference[other];
  if (!first) {
    reference_top = state[own + 2u];
  }
  let reference_before = reference_top;
  for (var j = lane; j < params.count; j += 64u) {
    reference_top = max(reference_top, reference[other + j]);
  }
  let reference_maximum = reduce_max(lane, reference_top);
  var part = 0.0f;
  var reference_part = 0.0f;
  var lead_part = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    let z = logits[start + j];
    let z0 = reference[other + j];
    let e0 = exp(z0 - reference_maximum);
    part += exp(z - maximum);
    reference_part += e0;
    lead_part = fma(e0, z0 - z, lead_part);
  }
  var sum = reduce_sum(lane, part);
  var reference_sum = reduce_sum(lane, reference_part);
  var lead = reduce_sum(lane, lead_part); // sum of exp(z0 - its maximum) (z0 - z)
  if (lane != 0u) {
    return;
  }
  if (!first) {
    let reference_factor = exp(reference_before - reference_maximum);
    sum = fma(state[own + 1u], factor, sum);
    reference_sum = fma(state[own + 3u], reference_factor, reference_sum);
    lead = fma(state[own + 4u], reference_factor, lead);
  }
  state[own] = maximum;
  state[own + 1u] = sum;
  state[own + 2u] = reference_maximum;
  state[own + 3u] = reference_sum;
  state[own + 4u] = lead;
  if (params.last != 0u) {
    // If both distributions are alike each part is exactly zero.
    score[row] = lead / reference_sum + ((maximum - reference_maximum) + (log(sum) - log(reference_sum)));
  }
//@ else
  var ties_part = 0.0f;
  var rest_part = 0.0f;
  var depth_part = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    let below = logits[start + j] - maximum;
    let e = exp(below);
    if (below == 0.0f) {
      ties_part += 1.0f;
    } else {
      rest_part += e;
      depth_part = fma(e, below, depth_part);
    }
  }
  // The number of maxima is kept apart from the others, whose small sum would lose its digits next to it.
  var ties = reduce_sum(lane, ties_part);
  var rest = reduce_sum(lane, rest_part);
  var depth = reduce_sum(lane, depth_part); // sum of exp(z - maximum) (z - maximum)
  if (lane != 0u) {
    return;
  }
  if (!first) {
    let ties_before = state[own + 1u];
    let rest_before = state[own + 2u];
    let depth_before = state[own + 3u];
    if (before == maximum) {
      ties += ties_before;
      rest += rest_before;
      depth += depth_before;
    } else {
      let all_before = ties_before + rest_before;
      rest = fma(all_before, factor, rest);
      depth = fma(fma(before - maximum, all_before, depth_before), factor, depth);
    }
  }
  state[own] = maximum;
  state[own + 1u] = ties;
  state[own + 2u] = rest;
  state[own + 3u] = depth;
  if (params.last != 0u) {
    let total = ties + rest;
    score[row] = select(log(total), log1p(rest), ties == 1.0f) - depth / total;
    state[own + 1u] = total;
    state[own + 2u] = depth / total;
  }
//@ end
}
