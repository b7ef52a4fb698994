// y[m, column + n] = sum_k x[m, k] * W[weight_row + n, k] + added[added_at + added_stride m + n], if there is a bias or
// residual, for n < count. W is [.., inner] in any format; a thread owns 4 rows x 4 columns.
struct Params {
  rows: u32,
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of y
  inner: u32,
  adds: u32, // 0 if nothing is added
  added_at: u32, // element of added for m = 0, n = 0
  added_stride: u32, // between rows of added; 0 of a bias
}
@group(0) @binding(0) var<storage, read> x: array<f32>; // [rows, inner]
@group(0) @binding(3) var<storage, read> added: array<f32>; // bias [..] or residual [rows, stride] if params.adds
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [rows, stride]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n0 = id.y * 4u;
  let m0 = id.x * 4u;
  if (n0 >= params.count || m0 >= params.rows) {
    return;
  }
  // Rows and columns beyond the edge are computed from the last valid one and not stored.
  let last_m = params.rows - 1u;
  let last_n = params.count - 1u;
  let x0 = m0 * params.inner;
  let x1 = min(m0 + 1u, last_m) * params.inner;
  let x2 = min(m0 + 2u, last_m) * params.inner;
  let x3 = min(m0 + 3u, last_m) * params.inner;
  let w0 = (params.weight_row + n0) * params.inner;
  let w1 = (params.weight_row + min(n0 + 1u, last_n)) * params.inner;
  let w2 = (params.weight_row + min(n0 + 2u, last_n)) * params.inner;
  let w3 = (params.weight_row + min(n0 + 3u, last_n)) * params.inner;
  var a0 = vec4f(0.0);
  var a1 = vec4f(0.0);
  var a2 = vec4f(0.0);
  var a3 = vec4f(0.0);
  for (var k = 0u; k < params.inner; k++) {
    let w = vec4f(weight_at(w0 + k), weight_at(w1 + k), weight_at(w2 + k), weight_at(w3 + k));
    a0 += x[x0 + k] * w;
    a1 += x[x1 + k] * w;
    a2 += x[x2 + k] * w;
    a3 += x[x3 + k] * w;
  }
  let columns = min(4u, params.count - n0);
  let sums = array<vec4f, 4>(a0, a1, a2, a3);
  for (var i = 0u; i < min(4u, params.rows - m0); i++) {
    let start = (m0 + i) * params.stride + params.column + n0;
    let more = params.added_at + (m0 + i) * params.added_stride + n0;
    for (var j = 0u; j < columns; j++) {
      var sum = sums[i][j];
      if (params.adds != 0u) {
        sum += added[more + j];
      }
      y[start + j] = sum;
    }
  }
}
