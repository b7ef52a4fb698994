// Folds one slice of logits into each row's running maximum and sum of exponentials, and keeps the target's logit.
// After the last slice: lse = log sum exp, log_prob = logit[target] - lse, miss = 1 - exp(log_prob). The target is left
// out of the sum, so that a target that is all but certain keeps the digits of its small miss and log_prob.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  last: u32, // 1 for the last slice
}
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read> targets: array<u32>; // [rows]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [rows, 3]: maximum, sum without the target, target's logit
@group(0) @binding(3) var<storage, read_write> log_prob: array<f32>; // [rows]
@group(0) @binding(4) var<storage, read_write> lse: array<f32>; // [rows]
@group(0) @binding(5) var<storage, read_write> miss: array<f32>; // [rows]
@group(0) @binding(6) var<uniform> params: Params;

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

// log(1 + x) for x >= 0: where 1 + x would lose digits, Taylor's series to an error of x^5 / 5 has them all.
fn log1p(x: f32) -> f32 {
  return select(log(1.0f + x), x * (1.0f - x * (0.5f - x * (1.0f / 3.0f - x * 0.25f))), x < 0.01f);
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
  let target_id = targets[row];
  var part = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    part += select(exp(logits[start + j] - maximum), 0.0f, params.first + j == target_id);
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
  if (target_id >= params.first && target_id < params.first + params.count) {
    state[row * 3u + 2u] = logits[start + target_id - params.first];
  }
  if (params.last != 0u) {
    let below = state[row * 3u + 2u] - m; // 0 where the target is the likeliest
    let total = exp(below) + s;
    let log_sum = select(log(total), log1p(s), below == 0.0f);
    lse[row] = m + log_sum;
    log_prob[row] = below - log_sum;
    miss[row] = s / total;
  }
}
