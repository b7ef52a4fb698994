// Adds one slice of logits z to the Jensen-Shannon divergence of each row's p = softmax(z) from that of the reference
// logits of the row's target, and to its mean slope sum p log(p / m) / 2, m the mean of both, from the maxima and sums
// that distribution_slice left of the whole rows. A workgroup of 64 threads a row.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  period: u32, // rows of the reference: row r has r % period
  vocabulary: u32,
}
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [rows, stride]
@group(0) @binding(1) var<storage, read> reference: array<f32>; // [period, vocabulary]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [rows, 5], the mean slope in the last place
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
  let own = row * 5u;
  let other = row % params.period * params.vocabulary + params.first;
  let total = log(state[own + 1u]);
  let reference_total = log(state[own + 3u]);
  var part = 0.0f;
  var slope = 0.0f;
  for (var j = lane; j < params.count; j += 64u) {
    let log_p = (logits[row * params.stride + j] - state[own]) - total;
    let log_p0 = (reference[other + j] - state[own + 2u]) - reference_total;
    part += shannon_part(log_p, log_p0);
    slope += 0.5f * exp(log_p) * log_to_mean(log_p - log_p0);
  }
  var all = reduce_sum(lane, part);
  var mean = reduce_sum(lane, slope);
  if (lane != 0u) {
    return;
  }
  if (params.first > 0u) {
    all += score[row];
    mean += state[own + 4u];
  }
  score[row] = all;
  state[own + 4u] = mean;
}
