// Parts of the Jensen-Shannon divergence of p from p0, m = (p + p0) / 2 their mean; after `log1p` and `mean_decay`.
const LOG_2 = 0.6931471805599453f;

// log(p / m), from log p - log p0.
fn log_to_mean(difference: f32) -> f32 {
  return (LOG_2 - log1p(exp(-abs(difference)))) + min(difference, 0.0f);
}

// p log(p / m) / 2 + p0 log(p0 / m) / 2, never negative: near p = p0 by its series in u = |p - p0| / (p + p0).
fn shannon_part(log_p: f32, log_p0: f32) -> f32 {
  let apart = abs(log_p - log_p0);
  let share = exp(-apart);
  let u = apart * mean_decay(apart) / (1.0f + share);
  let v = u * u;
  let series = v * (1.0f + v * (1.0f / 6.0f + v * (1.0f / 15.0f + v * (1.0f / 28.0f + v * (1.0f / 45.0f)))));
  let near = 0.5f * (1.0f + share) * series;
  let far = (1.0f + share) * (LOG_2 - log1p(share)) - apart * share;
  return 0.5f * exp(max(log_p, log_p0)) * select(far, near, apart < 0.5f);
}
