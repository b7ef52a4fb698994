// Adds a slice's part to the sums of each pair over the vocabulary: of l, the logarithmic means of its probabilities;
// with ENTROPY of a = -(mean of p + l * mean of log p), and with SHANNON of its a. With LOGS the target is left out, as
// its l would take the digits of the others if it is all but certain. A workgroup of 64 threads a pair.
struct Params {
  rows: u32, // pairs
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  period: u32, // rows of the reference: pair r has r % period
  vocabulary: u32,
}
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [2 rows, stride]
//@ if LOGS
@group(0) @binding(1) var<storage, read> targets: array<u32>; // [2 rows]
//@ end
//@ if SHANNON
@group(0) @binding(1) var<storage, read> reference: array<f32>; // [period, vocabulary]
//@ end
@group(0) @binding(2) var<storage, read> state: array<f32>; // [2 rows, STATE]
@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // [rows, 2]
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
  var means = 0.0f;
  var weights = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    let start = log_of(row, logits[row * params.stride + j]);
    let end = log_of(row + params.rows, logits[(row + params.rows) * params.stride + j]);
    let mean = log_mean(start, end);
//@ if LOGS
    means += select(mean, 0.0f, params.first + j == targets[row]);
//@ else
    means += mean;
//@ end
//@ if ENTROPY
    weights -= 0.5f * (exp(start) + exp(end) + mean * (start + end));
//@ end
//@ if SHANNON
    weights += shannon_weight(row, start, end, mean, reference[reference_at(row, j)]);
//@ end
  }
  var all_means = reduce_sum(lane, means);
  var all_weights = reduce_sum(lane, weights);
  if (lane != 0u) {
    return;
  }
  if (params.first > 0u) {
    all_means += sums[2u * row];
    all_weights += sums[2u * row + 1u];
  }
  sums[2u * row] = all_means;
  sums[2u * row + 1u] = all_weights;
}
