// y[m] = the first index of the largest of x[m, 0..D), or NOT_FINITE if one of them is an infinity or NaN; a workgroup
// of 64 threads a row. With NEXT there is one row: its index is the next step's token too, whose position is one
// further. The values come as bits, as WGSL lets a compiler take for granted that no f32 is an infinity or NaN.
// If PARTIAL, a workgroup finds the largest of each PART columns of a row, and y is [rows, parts, 2] of its bits, or of
// a NaN's if one of the columns is not finite, and its index; if FOUND, this is x, of D parts.
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> x: array<u32>; // [rows, D], bits of f32
@group(0) @binding(1) var<storage, read_write> y: array<u32>; // [rows]
//@ if NEXT
@group(0) @binding(2) var<storage, read_write> token: array<u32>; // [1]
@group(0) @binding(3) var<storage, read_write> position: array<u32>; // [1]
//@ end
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> best_value: array<f32, 64>;
var<workgroup> best_index: array<u32, 64>;
var<workgroup> all_finite: array<u32, 64>;

fn is_finite(bits: u32) -> bool {
  return (bits & 0x7f800000u) != 0x7f800000u;
}

// Bits of column d of a row, and the index that it stands for.
fn bits_at(row: u32, d: u32) -> u32 {
//@ if FOUND
  return x[2u * (row * D + d)];
//@ else
  return x[row * D + d];
//@ end
}

fn index_at(row: u32, d: u32) -> u32 {
//@ if FOUND
  return x[2u * (row * D + d) + 1u];
//@ else
  return d;
//@ end
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
//@ if PARTIAL
  const PARTS = (D + PART - 1u) / PART;
  let own = group.y * groups.x + group.x;
  let row = own / PARTS;
  let start = own % PARTS * PART;
  let end = min(start + PART, D);
//@ else
  let row = group.y * groups.x + group.x;
  let start = 0u;
  let end = D;
//@ end
  if (row >= params.rows) {
    return;
  }
  let column = min(start + lane, end - 1u);
  let first = bits_at(row, column);
  var index = index_at(row, column);
  var finite = is_finite(first);
  var value = bitcast<f32>(first);
  for (var d = start + lane + 64u; d < end; d += 64u) {
    let bits = bits_at(row, d);
    finite = finite && is_finite(bits);
    let candidate = bitcast<f32>(bits);
    if (candidate > value) {
      value = candidate;
      index = index_at(row, d);
    }
  }
  best_value[lane] = value;
  best_index[lane] = index;
  all_finite[lane] = u32(finite);
  workgroupBarrier();
  if (lane == 0u) {
    for (var i = 1u; i < 64u; i++) {
      finite = finite && all_finite[i] == 1u;
      if (best_value[i] > value || (best_value[i] == value && best_index[i] < index)) {
        value = best_value[i];
        index = best_index[i];
      }
    }
//@ if PARTIAL
    y[2u * own] = select(0x7fc00000u, bitcast<u32>(value), finite);
    y[2u * own + 1u] = index;
//@ else
    y[row] = select(NOT_FINITE, index, finite);
//@   if NEXT
    token[0] = index;
    position[0] += 1u;
//@   end
//@ end
  }
}
