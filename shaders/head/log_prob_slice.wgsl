// Folds one slice of logits into each row's running maximum and sum of exponentials, and keeps the target's logit;
// after the last slice log_prob = logit[target] - log sum exp. The target is left out of the sum, so that a target that
// is all but certain keeps the digits of its small log_prob. With GRADIENT the logits become exp(logit - maximum), zero
// at the target, and the sums of earlier slices in `gradient` are scaled to the new maximum; of CAPPED logits the
// exponentials are then multiplied by the soft-cap's slope. With PROBABILITY the probability is written in the place of
// its logarithm.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  last: u32, // 1 for the last slice
  inner: u32, // columns of gradient
}
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read> targets: array<u32>; // [rows]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [rows, 3]: maximum, sum of the others, logit
@group(0) @binding(3) var<storage, read_write> log_prob: array<f32>; // [rows]
//@ if GRADIENT
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>; // [rows, inner]
//@ end
@group(0) @binding(5) var<uniform> params: Params;

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
  let target_id = targets[row];
  var before = 0.0f;
  var sum_before = 0.0f;
  var target_logit = 0.0f;
  var top = logits[start];
  if (params.first > 0u) {
    before = state[row * 3u];
    sum_before = state[row * 3u + 1u];
    target_logit = state[row * 3u + 2u];
    top = before;
  }
  if (target_id >= params.first && target_id < params.first + params.count) {
    target_logit = logits[start + target_id - params.first];
  }
  for (var j = lane; j < params.count; j += 64u) {
    top = max(top, logits[start + j]);
  }
  let maximum = reduce_max(lane, top);
  var part = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    let e = select(exp(logits[start + j] - maximum), 0.0f, params.first + j == target_id);
    part += e;
//@ if GRADIENT
//@   if CAPPED
    logits[start + j] = e * soft_cap_slope(logits[start + j]);
//@   else
    logits[start + j] = e;
//@   end
//@ end
  }
  var sum = reduce_sum(lane, part);
  if (params.first > 0u) {
    let factor = exp(before - maximum);
    sum = fma(sum_before, factor, sum);
//@ if GRADIENT
    if (before != maximum) {
      for (var k = lane; k < params.inner; k += 64u) {
        gradient[row * params.inner + k] *= factor;
      }
    }
//@ end
  }
  if (lane != 0u) {
    return;
  }
  state[row * 3u] = maximum;
  state[row * 3u + 1u] = sum;
  state[row * 3u + 2u] = target_logit;
  if (params.last != 0u) {
    let below = target_logit - maximum; // 0 if the target is the likeliest
    let value = below - select(log(exp(below) + sum), log1p(sum), below == 0.0f);
//@ if PROBABILITY
    log_prob[row] = exp(value);
//@ else
    log_prob[row] = value;
//@ end
  }
}
