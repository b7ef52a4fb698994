// Turns a slice of logits in place into d log_prob[target] / d logit: -exp(logit - lse), and the
// sum of all others at the target, 1 - exp(log_prob), which the forward pass has with all its digits.
struct Params {
  rows: u32,
  first: u32,
  count: u32,
  stride: u32,
}
@group(0) @binding(0) var<storage, read> targets: array<u32>; // [rows]
@group(0) @binding(1) var<storage, read> lse: array<f32>; // [rows]
@group(0) @binding(2) var<storage, read> miss: array<f32>; // [rows], 1 - exp(log_prob)
@group(0) @binding(3) var<storage, read_write> logits: array<f32>; // [rows, stride]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * params.count) {
    return;
  }
  let row = index / params.count;
  let column = index % params.count;
  let at = row * params.stride + column;
  logits[at] = select(-exp(logits[at] - lse[row]), miss[row], params.first + column == targets[row]);
}
