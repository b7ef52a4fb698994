// Independent accumulators hide the latency of a fused multiply-add; more than the registers hold would spill.
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
struct Params {
  factor: u32,
}
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  // Only known at run time, so that nothing is folded; the sums converge to 2.
  let factor = f32(params.factor) * 0.5f;
//@ for i in ACCUMULATORS
  var a$i = f32(id.x + $i) * 1e-6f;
//@ end
  for (var step = 0u; step < STEPS; step++) {
//@ for u in 16
//@   for i in ACCUMULATORS
    a$i = fma(a$i, factor, 1.0f);
//@   end
//@ end
  }
  var sum = 0.0f;
//@ for i in ACCUMULATORS
  sum += a$i;
//@ end
  y[id.x] = sum;
}
