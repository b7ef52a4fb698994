// y[m, column + n] = sum_k x[m, k] * W[weight_row + n, k] + added[added_at + added_stride m + n], if there is a bias or
// residual, for n < count. W is [.., inner] in any format, inner a multiple of 8 and of the elements that share a
// scale. A lane owns 4 GROUPS rows x COLUMNS columns, 8 columns apart. Lanes 0 to 7 of the subgroup, whatever its size,
// hold 4 rows x 8 k of x at a time, 4 values each, and broadcast them. Each sum runs over k in order.
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
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [rows, inner]
@group(0) @binding(3) var<storage, read> added: array<f32>; // residual [rows, stride] if RESIDUAL, else bias [..]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [rows, stride]
@group(0) @binding(5) var<uniform> params: Params;

// Adds the products of 4 rows and COLUMNS columns at 8 k to their sums. A function of its own, as naga's time grows
// with the square of one's length. All lanes of a subgroup call it or none does, by `steps` below.
@diagnostic(off, subgroup_uniformity)
fn add_products(
  own: vec4f,
  w: array<mat2x4f, COLUMNS>,
//@ for i in 4
//@   for c in COLUMNS
  sum$i_$c: ptr<function, f32>,
//@   end
//@ end
) {
//@ for c in COLUMNS
//@   for h in 2
//@     for e in 4
  let w$c_$h$e = w[$c][$h][$e];
//@     end
//@   end
//@ end
//@ for i in 4
//@   for h in 2
//@     for e in 4
  let x$i_$h$e = subgroupBroadcast(own[$e], 2u * $i + $h);
//@       for c in COLUMNS
  *sum$i_$c = fma(x$i_$h$e, w$c_$h$e, *sum$i_$c);
//@       end
//@     end
//@   end
//@ end
}

// Stores the sum of row m, or of the last one, and column n.
fn store(m: u32, n: u32, sum: f32, bias: f32) {
  let at = min(m, params.rows - 1u) * params.stride + params.column + n;
//@ if RESIDUAL
  y[at] = sum + added[at];
//@ else
  y[at] = sum + bias;
//@ end
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
//@ if BY_LANE
  octet_prepare(lane);
//@ else
  octet_prepare(local.x);
//@ end
  let octets = params.inner / 8u;
  // Row tiles run along x, so that neighbours share the weights that are in cache.
  let m0 = group.x * 4u * GROUPS;
  let first = (group.y * (LANES / 8u) + local.x / 8u) * 8u * COLUMNS;
  let n0 = first + local.x % 8u;
  // Rows beyond the edge repeat the last valid one, bit for bit; columns beyond it are not stored.
//@ for g in GROUPS
  let x$g = min(m0 + 4u * $g + lane % 8u / 2u, params.rows - 1u) * octets * 2u + lane % 2u;
//@ end
//@ for c in COLUMNS
  let w$c = (params.weight_row + min(n0 + 8u * $c, params.count - 1u)) * octets;
//@   for g in GROUPS
//@     for i in 4
  var sum$g_$i_$c = 0.0f;
//@     end
//@   end
//@ end
//@ for c in COLUMNS
  var scale$c = Scale();
//@ end
  // All lanes of a subgroup go on while one has columns: they need each other's values.
  let steps = select(0u, octets, subgroupAny(first < params.count));
  for (var k = 0u; k < steps; k++) {
    if (k % SHARING == 0u) {
//@ for c in COLUMNS
      scale$c = octet_scale(w$c + k);
//@ end
    }
    let w = array<mat2x4f, COLUMNS>(
//@ for c in COLUMNS
      weight_octet(w$c + k, scale$c),
//@ end
    );
//@ for g in GROUPS
    add_products(
      x[x$g + 2u * k],
      w,
//@   for i in 4
//@     for c in COLUMNS
      &sum$g_$i_$c,
//@     end
//@   end
    );
//@ end
  }
//@ for c in COLUMNS
  if (n0 + 8u * $c < params.count) {
    let n = n0 + 8u * $c;
    var b = 0.0f;
//@   if RESIDUAL
//@   else
    if (params.adds != 0u) {
      b = added[params.added_at + n];
    }
//@   end
//@   for g in GROUPS
//@     for i in 4
    store(m0 + 4u * $g + $i, n, sum$g_$i_$c, b);
//@     end
//@   end
  }
//@ end
}
