// A workgroup of SIZE threads normalizes one row of D values: y = w * x * r, r = 1 / sqrt(mean(x^2) + EPSILON).
// MODE 0 forward:  y = w x r
// MODE 1 backward: given dy, dx = r w dy - x r^3 / D * sum(w dy x)
// MODE 2 tangent:  given t,  ty = w (t r - x r^3 / D * sum(x t))
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>; // [rows, D]
@group(0) @binding(1) var<storage, read> other: array<f32>; // dy or t, [rows, D]; x where MODE is 0
@group(0) @binding(2) var<storage, read> weight: array<f32>; // [D]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [rows, D]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> squares: array<f32, SIZE>;
var<workgroup> products: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * D;
  var square = 0.0f;
  var product = 0.0f;
  for (var d = lane; d < D; d += SIZE) {
    let value = x[start + d];
    square += value * value;
    if (MODE == 1u) {
      product += value * weight[d] * other[start + d];
    } else if (MODE == 2u) {
      product += value * other[start + d];
    }
  }
  squares[lane] = square;
  products[lane] = product;
  workgroupBarrier();
  for (var width = SIZE / 2u; width > 0u; width /= 2u) {
    if (lane < width) {
      squares[lane] += squares[lane + width];
      products[lane] += products[lane + width];
    }
    workgroupBarrier();
  }
  let r = 1.0f / sqrt(squares[0] / f32(D) + EPSILON);
  let pull = products[0] * r * r * r / f32(D);
  for (var d = lane; d < D; d += SIZE) {
    let value = x[start + d];
    if (MODE == 0u) {
      y[start + d] = weight[d] * (value * r);
    } else if (MODE == 1u) {
      y[start + d] = r * weight[d] * other[start + d] - value * pull;
    } else {
      y[start + d] = weight[d] * (other[start + d] * r - value * pull);
    }
  }
}
