// y[m, column + n] = sum_k x[m, k] * W[weight_row + n, k] + added[added_at + added_stride m + n], if there is a bias or
// residual, for n < count. W is [.., inner] in any format, inner a multiple of 8.
// A thread owns every DOWN-th row and every ACROSS-th column of the workgroup's tile. Each sum is cut into parts of
// `part` octets: it runs over the k of a part in order, and the parts are added in order. If PARTIAL a workgroup has
// one part alone, and y is [parts, rows, count].
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
  part: u32, // octets of k, whole steps of DEPTH
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [rows, inner]
@group(0) @binding(3) var<storage, read> added: array<f32>; // bias [..] or residual [rows, stride] if params.adds
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [rows, stride]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> x_tile: array<vec4f, TILE_ROWS * FOURS>; // [row, k / 4]
var<workgroup> w_tile: array<vec4f, TILE_COLUMNS * FOURS>; // [column, k / 4]

// Stores the sum of a part, of which the one that begins at octet 0 is the first.
fn store(m: u32, n: u32, part: vec2<u32>, sum: f32) {
  if (m >= params.rows || n >= params.count) {
    return;
  }
//@ if PARTIAL
  y[(part.x / params.part * params.rows + m) * params.count + n] = sum;
//@ else
  let at = m * params.stride + params.column + n;
  var total = sum;
  if (part.x > 0u) {
    total = y[at] + sum;
  }
  if (params.adds != 0u && part.y * 8u == params.inner) {
    total += added[params.added_at + m * params.added_stride + n];
  }
  y[at] = total;
//@ end
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  octet_prepare(t);
  let octets = params.inner / 8u;
  let m0 = group.x * TILE_ROWS;
  let n0 = group.y * TILE_COLUMNS;
  // This thread loads fours of x and octets of W: neighbours are neighbours in memory too.
//@ for i in ROW_LOADS
  let x$i_row = (t + $iu * THREADS) / FOURS;
  let x$i_four = (t + $iu * THREADS) % FOURS;
  let x$i_at = min(m0 + x$i_row, params.rows - 1u) * octets * 2u;
//@ end
//@ for i in W_LOADS
  let w$i_column = (t + $iu * THREADS) / (DEPTH / 8u);
  let w$i_octet = (t + $iu * THREADS) % (DEPTH / 8u);
  let w$i_at = (params.weight_row + min(n0 + w$i_column, params.count - 1u)) * octets;
//@ end
  let down = t / ACROSS;
  let across = t % ACROSS;
//@ if PARTIAL
  var first = group.z * params.part;
  let stop = min(first + params.part, octets);
//@ else
  var first = 0u;
  let stop = octets;
//@ end
  for (; first < stop; first += params.part) {
    let end = min(first + params.part, stop);
//@ for i in ROWS
//@   for j in COLUMNS
    var sum$i_$j = 0.0f;
//@   end
//@ end
    for (var k = first; k < end; k += DEPTH / 8u) {
      // A zero of x for each k beyond the end leaves the sums as they are.
//@ for i in ROW_LOADS
      let x$i_own = select(
        vec4f(0.0), x[x$i_at + min(2u * k + x$i_four, 2u * octets - 1u)], 2u * k + x$i_four < 2u * octets);
//@ end
//@ for i in W_LOADS
      let w$i_k = w$i_at + min(k + w$i_octet, octets - 1u);
      let w$i_own = weight_octet(w$i_k, octet_scale(w$i_k));
//@ end
      workgroupBarrier();
//@ for i in ROW_LOADS
//@   if ROW_REST
      if (x$i_row < TILE_ROWS) {
        x_tile[place(x$i_row, x$i_four)] = x$i_own;
      }
//@   else
      x_tile[place(x$i_row, x$i_four)] = x$i_own;
//@   end
//@ end
//@ for i in W_LOADS
//@   if W_REST
      if (w$i_column < TILE_COLUMNS) {
        w_tile[place(w$i_column, 2u * w$i_octet)] = w$i_own[0];
        w_tile[place(w$i_column, 2u * w$i_octet + 1u)] = w$i_own[1];
      }
//@   else
      w_tile[place(w$i_column, 2u * w$i_octet)] = w$i_own[0];
      w_tile[place(w$i_column, 2u * w$i_octet + 1u)] = w$i_own[1];
//@   end
//@ end
      workgroupBarrier();
      for (var four = 0u; four < FOURS; four++) {
        let x_at = place(down, four);
        let w_at = place(across, four);
//@ for j in COLUMNS
        let w$j = w_tile[w_at + $ju * ACROSS * FOURS];
//@   for e in 4
        let w$j_$e = w$j[$e];
//@   end
//@ end
//@ for i in ROWS
        let x$i = x_tile[x_at + $iu * DOWN * FOURS];
//@   for e in 4
        let x$i_$e = x$i[$e];
//@     for j in COLUMNS
        sum$i_$j = fma(x$i_$e, w$j_$e, sum$i_$j);
//@     end
//@   end
//@ end
      }
    }
//@ for i in ROWS
//@   for j in COLUMNS
    store(m0 + down + $iu * DOWN, n0 + across + $ju * ACROSS, vec2<u32>(first, end), sum$i_$j);
//@   end
//@ end
  }
}
