// Soft-cap c tanh(x / c) with CAP = c, and its derivative; of `Capped`, f32 or a vector of it.

// tanh to f32's digits wherever x is: near 0 by its Taylor series, beyond as 1 - 2 / (exp(2x) + 1).
fn exact_tanh(x: Capped) -> Capped {
  let far = 1.0f - 2.0f / (exp(2.0f * x) + 1.0f);
  let s = x * x;
  let series = -1.0f / 3.0f +
    s * (2.0f / 15.0f + s * (-17.0f / 315.0f + s * (62.0f / 2835.0f - s * (1382.0f / 155925.0f))));
  return select(far, fma(x, s * series, x), abs(x) < Capped(0.35f));
}

fn soft_cap(x: Capped) -> Capped {
  return CAP * exact_tanh(x / CAP);
}

// 1 - tanh(x / c)^2, from y = c tanh(x / c).
fn soft_cap_slope(y: Capped) -> Capped {
  let t = y / CAP;
  return (1.0f - t) * (1.0f + t);
}
