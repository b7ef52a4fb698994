// Sums and maxima over the 64 threads of a workgroup that share a row, and a logarithm that keeps the digits of a sum
// near 1.
var<workgroup> partial: array<f32, 64>;

fn reduce_max(lane: u32, value: f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] = max(partial[lane], partial[lane + width]);
    }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}

fn reduce_sum(lane: u32, value: f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] += partial[lane + width];
    }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}

// log(1 + x) for x >= 0: where 1 + x would lose digits, Taylor's series to an error of x^5 / 5 has them all.
fn log1p(x: f32) -> f32 {
  return select(log(1.0f + x), x * (1.0f - x * (0.5f - x * (1.0f / 3.0f - x * 0.25f))), x < 0.01f);
}
