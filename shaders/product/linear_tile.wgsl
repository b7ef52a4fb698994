// y[m, column + n] = sum_k x[m, k] * W[weight_row + n, k] + bias[bias_row + n], or + residual[m, column + n],
// for n < count. W is [.., inner] in any format, inner a multiple of 8.
// A workgroup owns 64 rows x 64 columns, a thread 8 x 8 of them; 16 k at a time pass through workgroup memory.
// Each sum runs over k in order.
struct Params {
  rows: u32,
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of y
  bias_row: u32, // element of bias for n = 0
  inner: u32,
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [rows, inner]
@group(0) @binding(3) var<storage, read> added: array<f32>; // bias [..] if BIAS, residual [rows, stride] if RESIDUAL
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [rows, stride]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> x_tile: array<vec4f, 256>; // [16 k, 64 rows]
var<workgroup> w_tile: array<vec2f, 512>; // [16 k, 64 columns]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  let octets = params.inner / 8u;
  let m0 = group.x * 64u;
  let n0 = group.y * 64u;
  // This thread loads four values of x at k = 4 q … of four rows, and octet o of W of two columns: neighbours, so that
  // it stores whole vectors, which no other thread writes.
  let q = t % 4u;
  let o = t % 2u;
//@ for i in 4
  let x$i = min(m0 + t / 4u * 4u + $i, params.rows - 1u) * octets * 2u;
//@ end
//@ for i in 2
  let w$i = (params.weight_row + min(n0 + t / 2u * 2u + $i, params.count - 1u)) * octets;
//@ end
  // It computes rows m and 7 more, columns n and 7 more.
  let m = m0 + t / 8u * 8u;
  let n = n0 + t % 8u * 8u;
//@ for g in 2
//@   for i in 4
//@     for h in 2
  var sum$g_$i_$h = vec4f(0.0);
//@     end
//@   end
//@ end
  for (var k = 0u; k < octets; k += 2u) {
    // A zero of x for each k beyond the edge leaves the sums as they are.
    let valid = k + q / 2u < octets;
    let xk = min(2u * k + q, 2u * octets - 1u);
    let wk = min(k + o, octets - 1u);
//@ for i in 4
    let x$i_k = select(vec4f(0.0), x[x$i + xk], valid);
//@ end
//@ for i in 2
    let w$i_k = weight_octet(w$i + wk, octet_scale(w$i + wk));
//@ end
    workgroupBarrier();
//@ for e in 4
    x_tile[(4u * q + $e) * 16u + t / 4u] = vec4f(x0_k[$e], x1_k[$e], x2_k[$e], x3_k[$e]);
//@   for h in 2
    w_tile[(8u * o + 4u * $h + $e) * 32u + t / 2u] = vec2f(w0_k[$h][$e], w1_k[$h][$e]);
//@   end
//@ end
    workgroupBarrier();
    for (var row = 0u; row < 256u; row += 64u) {
//@ for u in 4
//@   for g in 2
      let x$g_$u = x_tile[row + 16u * $u + t / 8u * 2u + $g];
      let w$g_$u_at = 2u * row + 32u * $u + t % 8u * 4u + 2u * $g;
      let w$g_$u = vec4f(w_tile[w$g_$u_at], w_tile[w$g_$u_at + 1u]);
//@   end
//@   for g in 2
//@     for i in 4
//@       for h in 2
      sum$g_$i_$h = fma(vec4f(x$g_$u[$i]), w$h_$u, sum$g_$i_$h);
//@       end
//@     end
//@   end
//@ end
    }
  }
//@ for h in 2
//@   for e in 4
  if (n + 4u * $h + $e < params.count) {
    let at = params.column + n + 4u * $h + $e;
    var b = 0.0f;
//@     if BIAS
    b = added[params.bias_row + n + 4u * $h + $e];
//@     end
//@     for g in 2
//@       for i in 4
    if (m + 4u * $g + $i < params.rows) {
//@         if RESIDUAL
      b = added[(m + 4u * $g + $i) * params.stride + at];
//@         end
      y[(m + 4u * $g + $i) * params.stride + at] = sum$g_$i_$h[$e] + b;
    }
//@       end
//@     end
  }
//@   end
//@ end
}
