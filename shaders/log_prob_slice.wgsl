// Folds one slice of logits into each row's running maximum and sum of exponentials, and keeps the target's logit.
// After the last slice: lse = log sum exp, log_prob = logit[target] - lse.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  last: u32, // 1 for the last slice
}
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read> targets: array<u32>; // [rows]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [rows, 3]: maximum, sum, target's logit
@group(0) @binding(3) var<storage, read_write> log_prob: array<f32>; // [rows]
@group(0) @binding(4) var<storage, read_write> lse: array<f32>; // [rows]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> partial: array<f32, 64>;

fn reduce_max(lane: u32, value: f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] = max(partial[lane], partial[lane + width]);
    }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}

fn reduce_sum(lane: u32, value: f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] += partial[lane + width];
    }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.stride;
  var top = logits[start];
  for (var j = lane; j < params.count; j += 64u) {
    top = max(top, logits[start + j]);
  }
  let maximum = reduce_max(lane, top);
  var part = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    part += exp(logits[start + j] - maximum);
  }
  let sum = reduce_sum(lane, part);
  if (lane != 0u) {
    return;
  }
  var m = maximum;
  var s = sum;
  if (params.first > 0u) {
    m = max(state[row * 3u], maximum);
    s = state[row * 3u + 1u] * exp(state[row * 3u] - m) + sum * exp(maximum - m);
  }
  state[row * 3u] = m;
  state[row * 3u + 1u] = s;
  let target_id = targets[row];
  if (target_id >= params.first && target_id < params.first + params.count) {
    state[row * 3u + 2u] = logits[start + target_id - params.first];
  }
  if (params.last != 0u) {
    let log_sum = log(s);
    lse[row] = m + log_sum;
    // The large terms cancel first: their difference is exact where it matters.
    log_prob[row] = (state[row * 3u + 2u] - m) - log_sum;
  }
}
