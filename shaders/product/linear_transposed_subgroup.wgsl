// dx[m, k] (+)= sum_n dy[m, column + n] * W[weight_row + n, k] for n < count. W is [.., inner] in any format, inner a
// multiple of 8 and of the elements that share a scale. A lane owns 4 GROUPS rows x 8 consecutive k. Lanes 0 to 7 of
// the subgroup, whatever its size, hold dy at 8 consecutive n and broadcast it: of 4 rows at a time if column and
// stride are ALIGNED to vec4f, else of one. Each sum runs over n in order.
struct Params {
  rows: u32,
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of dy
  accumulate: u32,
  inner: u32,
}
//@ if ALIGNED
@group(0) @binding(0) var<storage, read> dy: array<vec4f>; // [rows, stride]
//@ else
@group(0) @binding(0) var<storage, read> dy: array<f32>; // [rows, stride]
//@ end
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>; // [rows, inner]
@group(0) @binding(5) var<uniform> params: Params;

// Adds the products of 4 rows and 8 k at 8 n to their sums. A function of its own, as naga's time grows with the square
// of one's length. All lanes of a subgroup call it or none does, by `steps` below.
@diagnostic(off, subgroup_uniformity)
fn add_products(
  own: vec4f,
//@ for p in PARTS
//@   for u in SHARING
  w$p$u: mat2x4f,
//@   end
//@ end
//@ for i in 4
//@   for h in 2
//@     for e in 4
  sum$i_$h$e: ptr<function, f32>,
//@     end
//@   end
//@ end
) {
//@ for p in PARTS
//@   for u in SHARING
//@     for h in 2
//@       for e in 4
  let w$p$u_$h$e = w$p$u[$h][$e];
//@       end
//@     end
//@   end
//@ end
//@ for i in 4
//@   for p in PARTS
//@     for u in SHARING
//@       if ALIGNED
  let y$i_$p$u = subgroupBroadcast(own[$u % 4u], 2u * $i + ($p * SHARING + $u) / 4u);
//@       else
  let y$i_$p$u = subgroupBroadcast(own[$i], $p * SHARING + $u);
//@       end
//@     end
//@   end
//@   for h in 2
//@     for e in 4
//@       for p in PARTS
//@         for u in SHARING
  *sum$i_$h$e = fma(y$i_$p$u, w$p$u_$h$e, *sum$i_$h$e);
//@         end
//@       end
//@     end
//@   end
//@ end
}

// The shuffles in its loop are passed by all lanes of a subgroup or by none.
@diagnostic(off, subgroup_uniformity)
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
  let first = group.y * LANES + local.x / 8u * 8u;
  let octet = first + local.x % 8u;
  // Rows and octets beyond the edge repeat the last valid one, bit for bit.
  let k0 = min(octet, octets - 1u);
  let w = params.weight_row * octets + k0;
  let last_m = params.rows - 1u;
  let last_n = params.count - 1u;
//@ for g in GROUPS
//@   if ALIGNED
  let row$g = (min(m0 + 4u * $g + lane % 8u / 2u, last_m) * params.stride + params.column) / 4u + lane % 2u;
//@   end
//@   for i in 4
  let dx$g_$i = (min(m0 + 4u * $g + $i, last_m) * octets + k0) * 2u;
  var low$g_$i = vec4f(0.0);
  var high$g_$i = vec4f(0.0);
//@   end
//@ end
  // The sums go on from those of an earlier launch, so that windows of n give the same bits as one launch for all.
  if (params.accumulate != 0u) {
//@ for g in GROUPS
//@   for i in 4
    low$g_$i = dx[dx$g_$i];
    high$g_$i = dx[dx$g_$i + 1u];
//@   end
//@ end
  }
//@ for g in GROUPS
//@   for i in 4
//@     for e in 4
  var sum$g_$i_0$e = low$g_$i[$e];
  var sum$g_$i_1$e = high$g_$i[$e];
//@     end
//@   end
//@ end
  // All lanes of a subgroup go on while one has octets: they need each other's values.
  let steps = select(0u, last_n / 8u + 1u, subgroupAny(first < octets));
  for (var step = 0u; step < steps; step++) {
    let n = step * 8u;
    // SHARING neighbouring lanes see one block: each loads its scale for one n at a time, and the others by shuffle.
//@ for p in PARTS
    let scale$p = octet_scale(w + min(n + $p * SHARING + lane % SHARING, last_n) * octets);
//@   for u in SHARING
    let w$p$u = weight_octet(
      w + min(n + $p * SHARING + $u, last_n) * octets,
      subgroupShuffle(scale$p, lane / SHARING * SHARING + $u));
//@   end
//@ end
    // A zero for each n beyond the edge leaves the sums as they are.
//@ for g in GROUPS
//@   if ALIGNED
    let valid$g = vec4<u32>(n + lane % 2u * 4u) + vec4<u32>(0u, 1u, 2u, 3u) <= vec4<u32>(last_n);
    let y$g = select(vec4f(0.0), dy[row$g + 2u * step], valid$g);
//@   else
//@     for i in 4
    let at$g_$i = min(m0 + 4u * $g + $i, last_m) * params.stride + params.column + min(n + lane % 8u, last_n);
    let y$g_$i = select(0.0f, dy[at$g_$i], n + lane % 8u <= last_n);
//@     end
    let y$g = vec4f(y$g_0, y$g_1, y$g_2, y$g_3);
//@   end
    add_products(
      y$g,
//@   for p in PARTS
//@     for u in SHARING
      w$p$u,
//@     end
//@   end
//@   for i in 4
//@     for h in 2
//@       for e in 4
      &sum$g_$i_$h$e,
//@       end
//@     end
//@   end
    );
//@ end
  }
  if (octet >= octets) {
    return;
  }
//@ for g in GROUPS
//@   for i in 4
  dx[dx$g_$i] = vec4f(sum$g_$i_00, sum$g_$i_01, sum$g_$i_02, sum$g_$i_03);
  dx[dx$g_$i + 1u] = vec4f(sum$g_$i_10, sum$g_$i_11, sum$g_$i_12, sum$g_$i_13);
//@   end
//@ end
}
