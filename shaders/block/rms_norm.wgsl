// ACROSS threads normalize a row of D values: y = w * x * r, r = 1 / sqrt(mean(x^2) + EPSILON).
// FORWARD:  y = w x r
// BACKWARD: given dy, dx = r w dy - x r^3 / D * sum(w dy x), + residual if RESIDUAL
// TANGENT:  given t,  ty = w (t r - x r^3 / D * sum(x t))
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [rows, D]
@group(0) @binding(1) var<storage, read> other: array<Vec>; // dy or t, [rows, D]; none if FORWARD
@group(0) @binding(2) var<storage, read> weight: array<Vec>; // [D]
@group(0) @binding(3) var<storage, read_write> y: array<Vec>; // [rows, D]
//@ if RESIDUAL
@group(0) @binding(4) var<storage, read> residual: array<Vec>; // [rows, D]
//@ end
@group(0) @binding(5) var<uniform> params: Params;

const SIZE: u32 = 64u;
const VECS: u32 = D / WIDTH;

var<workgroup> partial: array<vec2f, SIZE>; // of sum(x^2) and of the other sum

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / ACROSS) + thread / ACROSS;
  let lane = thread % ACROSS;
  let end = select(0u, (row + 1u) * VECS, row < params.rows);
  var square = Vec();
  var product = Vec();
  for (var at = row * VECS + lane; at < end; at += ACROSS) {
    let value = x[at];
    square = fma(value, value, square);
//@ if BACKWARD
    product = fma(value * weight[at - row * VECS], other[at], product);
//@ end
//@ if TANGENT
    product = fma(value, other[at], product);
//@ end
  }
  partial[thread] = vec2f(total(square), total(product));
  workgroupBarrier();
  var sums = vec2f();
//@ for i in ACROSS
  sums += partial[thread - lane + $iu];
//@ end
  let r = 1.0f / sqrt(sums.x / f32(D) + EPSILON);
  let pull = sums.y * r * r * r / f32(D);
  for (var at = row * VECS + lane; at < end; at += ACROSS) {
    let w = weight[at - row * VECS];
//@ if FORWARD
    y[at] = w * (x[at] * r);
//@ end
//@ if BACKWARD
    let dx = r * w * other[at] - x[at] * pull;
//@   if RESIDUAL
    y[at] = dx + residual[at];
//@   else
    y[at] = dx;
//@   end
//@ end
//@ if TANGENT
    y[at] = w * (other[at] * r - x[at] * pull);
//@ end
  }
}
