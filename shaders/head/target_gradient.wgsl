// gradient[r, k] = (sum_r * W[target_r, k] - gradient[r, k]) / (exp(logit[target_r] - maximum_r) + sum_r) for the rows
// whose target is in this segment of W: from what log_prob_slice left, sum_v exp(logit_v - maximum) W_v but for the
// target, to d log p(target) / dh; with PROBABILITY to d p(target) / dh, p times that. If logits are CAPPED the
// target's W is multiplied by the soft-cap's slope as the others' were.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the segment's first row
  count: u32,
  inner: u32,
}
@group(0) @binding(0) var<storage, read> targets: array<u32>; // [rows]
@group(0) @binding(3) var<storage, read> state: array<f32>; // [rows, 3]: maximum, sum of the others, logit
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>; // [rows, inner]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * params.inner) {
    return;
  }
  let row = index / params.inner;
  let target_id = targets[row];
  if (target_id < params.first || target_id >= params.first + params.count) {
    return;
  }
  let sum = state[row * 3u + 1u];
  let element = (target_id - params.first) * params.inner + index % params.inner;
//@ if CAPPED
  let own = soft_cap_slope(state[row * 3u + 2u]) * weight_at(element);
//@ else
  let own = weight_at(element);
//@ end
  let share = exp(state[row * 3u + 2u] - state[row * 3u]);
//@ if PROBABILITY
  gradient[index] = (sum * own - gradient[index]) / (share + sum) * (share / (share + sum));
//@ else
  gradient[index] = (sum * own - gradient[index]) / (share + sum);
//@ end
}
