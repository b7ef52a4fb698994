// dx[m, k] (+)= sum_n dy[m, column + n] * W[weight_row + n, k] for n < count. W is [.., inner] in any format, inner a
// multiple of 8. A thread owns every DOWN-th row of the workgroup's tile, and every ACROSS-th four of k of its octets,
// of which the low halves come first. Each sum is cut into parts of `part` n: it runs over the n of a part in order,
// and the parts are added in order. If PARTIAL a workgroup has one part alone, and the sums go to [parts, rows, inner].
struct Params {
  rows: u32,
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of dy
  accumulate: u32,
  inner: u32,
  part: u32, // n, whole steps of DEPTH
}
//@ if ALIGNED
@group(0) @binding(0) var<storage, read> dy: array<vec4f>; // [rows, stride]
//@ else
@group(0) @binding(0) var<storage, read> dy: array<f32>; // [rows, stride]
//@ end
//@ if PARTIAL
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>; // [parts, rows, inner]
@group(0) @binding(4) var<storage, read> dx: array<vec4f>; // [rows, inner]
//@ else
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>; // [rows, inner]
//@ end
@group(0) @binding(5) var<uniform> params: Params;

const OCTETS: u32 = TILE_COLUMNS / 8u;

var<workgroup> y_tile: array<vec4f, TILE_ROWS * FOURS>; // [row, n / 4]
var<workgroup> w_tile: array<vec4f, DEPTH * 2u * OCTETS>; // [n, half, octet of k]

// Four of dy from n on, with a zero for each n beyond the end, which leaves the sums as they are.
fn four_of(row: u32, n: u32) -> vec4f {
  let last = params.count - 1u;
  let valid = vec4<u32>(n) + vec4<u32>(0u, 1u, 2u, 3u) <= vec4<u32>(last);
//@ if ALIGNED
  return select(vec4f(0.0), dy[(row + min(n, last)) / 4u], valid);
//@ else
  let own = vec4f(dy[row + min(n, last)], dy[row + min(n + 1u, last)], dy[row + min(n + 2u, last)],
    dy[row + min(n + 3u, last)]);
  return select(vec4f(0.0), own, valid);
//@ end
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  octet_prepare(t);
  let octets = params.inner / 8u;
  let m0 = group.x * TILE_ROWS;
  let first_octet = group.y * OCTETS;
  // This thread loads fours of dy and octets of W: neighbours are neighbours in memory too.
//@ for i in ROW_LOADS
  let y$i_row = (t + $iu * THREADS) / FOURS;
  let y$i_four = (t + $iu * THREADS) % FOURS;
  let y$i_at = min(m0 + y$i_row, params.rows - 1u) * params.stride + params.column;
//@ end
//@ for i in W_LOADS
  let w$i_n = (t + $iu * THREADS) / OCTETS;
  let w$i_octet = (t + $iu * THREADS) % OCTETS;
  let w$i_at = params.weight_row * octets + min(first_octet + w$i_octet, octets - 1u);
//@ end
  let down = t / ACROSS;
  let across = t % ACROSS;
//@ for i in ROWS
  let row$i = m0 + down + $iu * DOWN;
//@ end
  // The places of its fours in a row of dx; octets beyond the edge repeat the last one and are not stored.
//@ for j in VECS
  let octet$j = first_octet + (across + $ju * ACROSS) % OCTETS;
  let at$j = 2u * min(octet$j, octets - 1u) + (across + $ju * ACROSS) / OCTETS;
//@ end
//@ if PARTIAL
  var first = group.z * params.part;
  let stop = min(first + params.part, params.count);
//@ else
  var first = 0u;
  let stop = params.count;
//@ end
  for (; first < stop; first += params.part) {
    let end = min(first + params.part, stop);
    // The first part goes on from the sums of an earlier launch, so that few n give the same bits in any windows.
    let resumes = first == 0u && params.accumulate != 0u;
//@ for i in ROWS
//@   for j in VECS
    var sum$i_$j = vec4f(0.0);
    if (resumes) {
      sum$i_$j = dx[min(row$i, params.rows - 1u) * octets * 2u + at$j];
    }
//@   end
//@ end
    for (var n = first; n < end; n += DEPTH) {
//@ for i in ROW_LOADS
      let y$i_own = four_of(y$i_at, n + 4u * y$i_four);
//@ end
//@ for i in W_LOADS
      let w$i_k = w$i_at + min(n + w$i_n, params.count - 1u) * octets;
      let w$i_own = weight_octet(w$i_k, octet_scale(w$i_k));
//@ end
      workgroupBarrier();
//@ for i in ROW_LOADS
//@   if ROW_REST
      if (y$i_row < TILE_ROWS) {
        y_tile[place(y$i_row, y$i_four)] = y$i_own;
      }
//@   else
      y_tile[place(y$i_row, y$i_four)] = y$i_own;
//@   end
//@ end
//@ for i in W_LOADS
//@   if W_REST
      if (w$i_n < DEPTH) {
        w_tile[w$i_n * 2u * OCTETS + w$i_octet] = w$i_own[0];
        w_tile[(w$i_n * 2u + 1u) * OCTETS + w$i_octet] = w$i_own[1];
      }
//@   else
      w_tile[w$i_n * 2u * OCTETS + w$i_octet] = w$i_own[0];
      w_tile[(w$i_n * 2u + 1u) * OCTETS + w$i_octet] = w$i_own[1];
//@   end
//@ end
      workgroupBarrier();
      for (var four = 0u; four < FOURS; four++) {
        let y_at = place(down, four);
        let w_at = four * 8u * OCTETS + across;
//@ for e in 4
//@   for j in VECS
        let w$e_$j = w_tile[w_at + $eu * 2u * OCTETS + $ju * ACROSS];
//@   end
//@ end
//@ for i in ROWS
        let y$i = y_tile[y_at + $iu * DOWN * FOURS];
//@   for e in 4
        let y$i_$e = vec4f(y$i[$e]);
//@     for j in VECS
        sum$i_$j = fma(y$i_$e, w$e_$j, sum$i_$j);
//@     end
//@   end
//@ end
      }
    }
//@ for i in ROWS
//@   for j in VECS
    if (row$i < params.rows && octet$j < octets) {
//@     if PARTIAL
      sums[(first / params.part * params.rows + row$i) * octets * 2u + at$j] = sum$i_$j;
//@     else
      let at = row$i * octets * 2u + at$j;
      if (first > 0u) {
        sum$i_$j = dx[at] + sum$i_$j;
      }
      dx[at] = sum$i_$j;
//@     end
    }
//@   end
//@ end
  }
}
