// Distributions p = softmax(z) of a row's logits z at two points, the start and, as many rows further, the end, from
// the state [2 rows, STATE] that scoring left of each: the maximum of z and then the sum of exp(z - maximum); with LOGS
// the sum without the target, and the target's z.
fn log_total(base: u32) -> f32 {
//@ if LOGS
  return log(exp(state[base + 2u] - state[base]) + state[base + 1u]);
//@ else
  return log(state[base + 1u]);
//@ end
}

// log p of a logit of a row, before its soft-cap.
fn log_of(row: u32, logit: f32) -> f32 {
  let base = row * STATE;
//@ if CAPPED
  return (soft_cap(logit) - state[base]) - log_total(base);
//@ else
  return (logit - state[base]) - log_total(base);
//@ end
}

//@ if LOGS
// log p of a row's target.
fn log_of_target(row: u32) -> f32 {
  let base = row * STATE;
  return (state[base + 2u] - state[base]) - log_total(base);
}
//@ end

//@ if SHANNON
// Place of the reference logit of a row's column in a slice.
fn reference_at(row: u32, column: u32) -> u32 {
  return row % params.period * params.vocabulary + params.first + column;
}

// a of the Jensen-Shannon divergence, from log p at both points, the logarithmic mean l of p, and the reference logit:
// (mean of p - l * mean of m / l of m + l * mean of log(p / m)) / 2, m the mean of p and p0.
fn shannon_weight(row: u32, start: f32, end: f32, mean: f32, reference_logit: f32) -> f32 {
  let base = row * STATE;
  let log_p0 = (reference_logit - state[base + 2u]) - log(state[base + 3u]);
  let first = log_to_mean(start - log_p0);
  let last = log_to_mean(end - log_p0);
  let middle = 0.5f * (exp(start - first) + exp(end - last)) / log_mean(start - first, end - last);
  return 0.5f * (0.5f * (exp(start) + exp(end)) - mean * middle + 0.5f * mean * (first + last));
}
//@ end
