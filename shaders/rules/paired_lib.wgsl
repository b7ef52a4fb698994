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
