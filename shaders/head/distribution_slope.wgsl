// Turns a slice of logits z into the derivatives of the row's score by them, from the state that distribution_slice
// left: of the entropy, -p (log p + H); with DIVERGENCE, p - p0; with SHANNON, p (log(p / m) / 2 - its mean), m the
// mean of p and p0. Of CAPPED logits by what was capped.
struct Params {
  rows: u32,
  first: u32, // vocabulary index of the slice's first column
  count: u32, // columns of the slice
  stride: u32, // of logits
  period: u32, // rows of the reference: row r has r % period
  vocabulary: u32,
}
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, stride]
//@ if DIVERGENCE
@group(0) @binding(1) var<storage, read> reference: array<f32>; // [period, vocabulary]
//@ end
@group(0) @binding(2) var<storage, read> state: array<f32>; // [rows, 5]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * params.count) {
    return;
  }
  let row = index / params.count;
  let column = index % params.count;
  let at = row * params.stride + column;
  let own = row * 5u;
  let below = logits[at] - state[own];
//@ if CAPPED
  let slope = soft_cap_slope(logits[at]);
//@ else
  let slope = 1.0f;
//@ end
  let p = exp(below) / state[own + 1u];
//@ if DIVERGENCE
  let z0 = reference[row % params.period * params.vocabulary + params.first + column];
//@   if SHANNON
  let log_p0 = (z0 - state[own + 2u]) - log(state[own + 3u]);
  let apart = (below - log(state[own + 1u])) - log_p0;
  logits[at] = slope * (p * (0.5f * log_to_mean(apart) - state[own + 4u]));
//@   else
  logits[at] = slope * (p - exp(z0 - state[own + 2u]) / state[own + 3u]);
//@   end
//@ else
  logits[at] = slope * (-p * (below - state[own + 2u]));
//@ end
}
