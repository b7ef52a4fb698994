// Slopes of functions between two points, to f32's digits however near these are; of `Between`, f32 or a vector of it.

// (1 - exp(-t)) / t of t >= 0: near 0 by its Taylor series.
fn mean_decay(t: Between) -> Between {
  let far = (1.0f - exp(-t)) / max(t, Between(0.5f));
  let last = 1.0f / 720.0f - t * (1.0f / 5040.0f - t * (1.0f / 40320.0f));
  let near = 1.0f - t * (0.5f - t * (1.0f / 6.0f - t * (1.0f / 24.0f - t * (1.0f / 120.0f - t * last))));
  return select(far, near, t < Between(0.5f));
}

fn sigmoid(x: Between) -> Between {
  return 1.0f / (1.0f + exp(-x));
}

// (sigmoid(b) - sigmoid(a)) / (b - a)
fn sigmoid_slope(a: Between, b: Between) -> Between {
  let high = max(a, b);
  let low = min(a, b);
  return sigmoid(high) * sigmoid(-low) * mean_decay(high - low);
}

// (tanh(b) - tanh(a)) / (b - a)
fn tanh_slope(a: Between, b: Between) -> Between {
  return 4.0f * sigmoid_slope(2.0f * a, 2.0f * b);
}

// (q - p) / (log q - log p), from the logarithms
fn log_mean(log_p: Between, log_q: Between) -> Between {
  return exp(max(log_p, log_q)) * mean_decay(abs(log_p - log_q));
}
