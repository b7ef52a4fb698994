// Turns a slice of the starts' logits into multipliers a - l sum(a) / sum(l) of these, from the sums of paired_sum: a
// is 1 at the target, or with PROBABILITY its l; with ENTROPY -(mean of p + l * mean of log p); with SHANNON as
// shannon_weight has it; else -p0 of the reference logits of the row's target. Of CAPPED logits by what was capped.
struct Params {
  rows: u32, // pairs
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  period: u32, // rows of the reference: pair r has r % period
  vocabulary: u32,
}
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [2 rows, stride]
//@ if LOGS
@group(0) @binding(1) var<storage, read> targets: array<u32>; // [2 rows]
//@ else
//@   if ENTROPY
//@   else
@group(0) @binding(1) var<storage, read> reference: array<f32>; // [period, vocabulary]
//@   end
//@ end
@group(0) @binding(2) var<storage, read> state: array<f32>; // [2 rows, STATE]
@group(0) @binding(3) var<storage, read> sums: array<f32>; // [rows, 2]
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
  let z0 = logits[at];
  let z1 = logits[at + params.rows * params.stride];
  let start = log_of(row, z0);
  let end = log_of(row + params.rows, z1);
  let mean = log_mean(start, end);
//@ if CAPPED
  let slope = tanh_slope(z0 / CAP, z1 / CAP);
//@ else
  let slope = 1.0f;
//@ end
//@ if LOGS
  let others = sums[2u * row];
  let own = log_mean(log_of_target(row), log_of_target(row + params.rows));
//@   if PROBABILITY
  let scale = own / (own + others);
//@   else
  let scale = 1.0f / (own + others);
//@   end
  logits[at] = slope * scale * select(-mean, others, params.first + column == targets[row]);
//@ else
//@   if ENTROPY
  let weight = -0.5f * (exp(start) + exp(end) + mean * (start + end));
  logits[at] = slope * (weight - mean * sums[2u * row + 1u] / sums[2u * row]);
//@   else
//@     if SHANNON
  let weight = shannon_weight(row, start, end, mean, reference[reference_at(row, column)]);
  logits[at] = slope * (weight - mean * sums[2u * row + 1u] / sums[2u * row]);
//@     else
  let base = row * STATE;
  let p0 = exp(reference[row % params.period * params.vocabulary + params.first + column] - state[base + 2u]);
  logits[at] = slope * (mean / sums[2u * row] - p0 / state[base + 3u]);
//@     end
//@   end
//@ end
}
