// dx[m, k] (+)= sum_n dy[m, column + n] * W[weight_row + n, k]
// for n < count. W is [.., inner] in any format, inner a multiple of 8.
// A workgroup owns 64 rows x 64 k, a thread 8 x 8 of them; 16 n at a time pass through workgroup memory.
// Each sum runs over n in order.
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
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>; // [rows, inner]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> y_tile: array<vec4f, 256>; // [16 n, 64 rows]
var<workgroup> w_tile: array<vec4f, 256>; // [16 n, 64 k]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  let octets = params.inner / 8u;
  let m0 = group.x * 64u;
  let o0 = group.y * 8u;
  let last_n = params.count - 1u;
  // This thread loads dy of 16 neighbouring rows at one n, which it stores as whole vectors, and an octet of W at two
  // n.
  let yn = t % 16u;
  let wn = t / 8u;
  let w0 = params.weight_row * octets + min(o0 + t % 8u, octets - 1u);
//@ for i in 16
  let y$i = min(m0 + t / 16u * 16u + $i, params.rows - 1u) * params.stride + params.column;
//@ end
  // It computes rows m and 7 more, octet o of k.
  let m = m0 + t / 8u * 8u;
  let o = o0 + t % 8u;
//@ for g in 2
//@   for i in 4
  let dx$g_$i = (min(m + 4u * $g + $i, params.rows - 1u) * octets + min(o, octets - 1u)) * 2u;
//@     for h in 2
  var sum$g_$i_$h = vec4f(0.0);
//@     end
//@   end
//@ end
  // The sums go on from those of an earlier launch, so that windows of n give the same bits as one launch for all.
  if (params.accumulate != 0u) {
//@ for g in 2
//@   for i in 4
//@     for h in 2
    sum$g_$i_$h = dx[dx$g_$i + $h];
//@     end
//@   end
//@ end
  }
  for (var n = 0u; n < params.count; n += 16u) {
    // A zero of dy for each n beyond the edge leaves the sums as they are.
    let valid = n + yn <= last_n;
//@ for i in 16
    let y$i_n = select(0.0f, dy[y$i + min(n + yn, last_n)], valid);
//@ end
//@ for i in 2
    let at$i = w0 + min(n + wn + 8u * $i, last_n) * octets;
    let w$i_n = weight_octet(at$i, octet_scale(at$i));
//@ end
    workgroupBarrier();
    y_tile[yn * 16u + t / 16u * 4u] = vec4f(y0_n, y1_n, y2_n, y3_n);
    y_tile[yn * 16u + t / 16u * 4u + 1u] = vec4f(y4_n, y5_n, y6_n, y7_n);
    y_tile[yn * 16u + t / 16u * 4u + 2u] = vec4f(y8_n, y9_n, y10_n, y11_n);
    y_tile[yn * 16u + t / 16u * 4u + 3u] = vec4f(y12_n, y13_n, y14_n, y15_n);
//@ for i in 2
//@   for h in 2
    w_tile[(wn + 8u * $i) * 16u + t % 8u * 2u + $h] = w$i_n[$h];
//@   end
//@ end
    workgroupBarrier();
    for (var row = 0u; row < 256u; row += 64u) {
//@ for u in 4
//@   for g in 2
      let y$g_$u = y_tile[row + 16u * $u + t / 8u * 2u + $g];
      let w$g_$u = w_tile[row + 16u * $u + t % 8u * 2u + $g];
//@   end
//@   for g in 2
//@     for i in 4
//@       for h in 2
      sum$g_$i_$h = fma(vec4f(y$g_$u[$i]), w$h_$u, sum$g_$i_$h);
//@       end
//@     end
//@   end
//@ end
    }
  }
  if (o >= octets) {
    return;
  }
//@ for g in 2
//@   for i in 4
  if (m + 4u * $g + $i < params.rows) {
//@     for h in 2
    dx[dx$g_$i + $h] = sum$g_$i_$h;
//@     end
  }
//@   end
//@ end
}
