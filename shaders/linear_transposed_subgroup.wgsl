// dx[m, k] (+)= sum_n dy[m, column + n] * W[weight_row + n, k]
// for n < count. W is [.., inner] in any format, inner a multiple of 8, of 64 where blocks of 64 have a scale.
// A lane owns 16 rows x 8 consecutive k. Lanes 0 to 7 of the subgroup, whatever its size, hold dy of a row at 8
// consecutive n and broadcast it. Each sum runs over n in order.
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

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  octet_prepare(lane);
  let octets = params.inner / 8u;
  let m0 = group.y * 16u;
  let first = group.x * 32u + local.x / 8u * 8u;
  let octet = first + local.x % 8u;
  // Rows beyond the edge repeat the last valid one, bit for bit; octets beyond it are not stored.
  let w = params.weight_row * octets + min(octet, octets - 1u);
  let last = params.count - 1u;
//@ for r in 16
  let row$r = min(m0 + $r, params.rows - 1u);
  let y$r = row$r * params.stride + params.column;
  let dx$r = (row$r * octets + min(octet, octets - 1u)) * 2u;
  var low$r = vec4f(0.0);
  var high$r = vec4f(0.0);
//@ end
  // The sum goes on where an earlier launch left it, so that windows of n give the same bits as one launch for all.
  if (params.accumulate != 0u) {
//@ for r in 16
    low$r = dx[dx$r];
    high$r = dx[dx$r + 1u];
//@ end
  }
//@ for r in 16
//@   for e in 4
  var sum$r_$e = low$r[$e];
  var sum$r_4$e = high$r[$e];
//@   end
//@ end
  // All lanes of a subgroup go on while one has octets: they need each other's values.
  let steps = select(0u, last / 8u + 1u, subgroupAny(first < octets));
  for (var step = 0u; step < steps; step++) {
    let n = step * 8u;
    // Lanes 0 to 7, 8 to 15, … each see one block of 64 k: a lane loads its scale for one n, and the others' by shuffle.
    let mine = min(n + lane % 8u, last);
    let scale = octet_scale(w + mine * octets);
//@ for u in 8
    let w$u = weight_octet(w + min(n + $u, last) * octets, subgroupShuffle(scale, lane / 8u * 8u + $u));
//@ end
    // A zero for each n beyond the edge leaves the sums as they are.
    let valid = n + lane % 8u <= last;
//@ for r in 16
    let y$r_n = select(0.0f, dy[y$r + mine], valid);
//@   for u in 8
    let y$r_$u = subgroupBroadcast(y$r_n, u32($u));
//@   end
//@   for e in 4
//@     for u in 8
    sum$r_$e = fma(y$r_$u, w$u[0][$e], sum$r_$e);
//@     end
//@     for u in 8
    sum$r_4$e = fma(y$r_$u, w$u[1][$e], sum$r_4$e);
//@     end
//@   end
//@ end
  }
  if (octet >= octets) {
    return;
  }
  // The same sum is written again for rows beyond the edge.
//@ for r in 16
  dx[dx$r] = vec4f(sum$r_0, sum$r_1, sum$r_2, sum$r_3);
  dx[dx$r + 1u] = vec4f(sum$r_40, sum$r_41, sum$r_42, sum$r_43);
//@ end
}
