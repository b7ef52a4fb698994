// dx[m, k] (+)= sum_n dy[m, column + n] * W[weight_row + n, k]
// for n < count. W is [.., inner] in any format; a thread owns 4 rows x 4 inner columns.
struct Params {
  rows: u32,
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of dy
  accumulate: u32,
  inner: u32,
}
@group(0) @binding(0) var<storage, read> dy: array<f32>; // [rows, stride]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [rows, inner]
@group(0) @binding(5) var<uniform> params: Params;

// Sums of an earlier launch, which go on, so that windows of n give the same bits as one launch for all.
fn before(m: u32, k: u32) -> vec4f {
  if (params.accumulate == 0u) {
    return vec4f(0.0);
  }
  let start = min(m, params.rows - 1u) * params.inner;
  return vec4f(
    dx[start + k],
    dx[start + min(k + 1u, params.inner - 1u)],
    dx[start + min(k + 2u, params.inner - 1u)],
    dx[start + min(k + 3u, params.inner - 1u)]);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let k0 = id.y * 4u;
  let m0 = id.x * 4u;
  if (k0 >= params.inner || m0 >= params.rows) {
    return;
  }
  // Rows and columns beyond the edge are computed from the last valid one and not stored.
  let last_m = params.rows - 1u;
  let k1 = min(k0 + 1u, params.inner - 1u);
  let k2 = min(k0 + 2u, params.inner - 1u);
  let k3 = min(k0 + 3u, params.inner - 1u);
  let y0 = m0 * params.stride + params.column;
  let y1 = min(m0 + 1u, last_m) * params.stride + params.column;
  let y2 = min(m0 + 2u, last_m) * params.stride + params.column;
  let y3 = min(m0 + 3u, last_m) * params.stride + params.column;
  var a0 = before(m0, k0);
  var a1 = before(m0 + 1u, k0);
  var a2 = before(m0 + 2u, k0);
  var a3 = before(m0 + 3u, k0);
  for (var n = 0u; n < params.count; n++) {
    let row = (params.weight_row + n) * params.inner;
    let w = vec4f(weight_at(row + k0), weight_at(row + k1), weight_at(row + k2), weight_at(row + k3));
    a0 += dy[y0 + n] * w;
    a1 += dy[y1 + n] * w;
    a2 += dy[y2 + n] * w;
    a3 += dy[y3 + n] * w;
  }
  let columns = min(4u, params.inner - k0);
  let sums = array<vec4f, 4>(a0, a1, a2, a3);
  for (var i = 0u; i < min(4u, params.rows - m0); i++) {
    let start = (m0 + i) * params.inner + k0;
    for (var j = 0u; j < columns; j++) {
      dx[start + j] = sums[i][j];
    }
  }
}
