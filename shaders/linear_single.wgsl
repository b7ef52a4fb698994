// y[column + n] = sum_k x[k] * W[weight_row + n, k] + bias[bias_row + n], or + residual[column + n], for n < count: one row of x, bound by reading W.
// W is [.., inner] in any format, inner a multiple of 8 and of the elements that share a scale. ACROSS threads share ROWS
// columns; each takes every ACROSS-th run of OCTETS octets of them all: of PACKED weights four words, and RUNS runs share a scale.
struct Params {
  rows: u32, // 1
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of y
  bias_row: u32, // element of bias for n = 0
  inner: u32,
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [1, inner]
//@ if PACKED
@group(0) @binding(1) var<storage, read> weight: array<vec4<u32>>;
//@   if AFFINE
@group(0) @binding(2) var<storage, read> scales: array<vec2f>; // scale and offset of each block
//@   else
@group(0) @binding(2) var<storage, read> scales: array<f32>;
//@   end
//@ end
@group(0) @binding(3) var<storage, read> added: array<f32>; // bias [..] if BIAS, residual [1, stride] if RESIDUAL
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [1, stride]
@group(0) @binding(5) var<uniform> params: Params;

//@ if SHARED
var<workgroup> partial: array<f32, LANES * ROWS>;

//@ end
fn store(n: u32, sum: f32) {
  if (n < params.count) {
    var b = 0.0f;
    if (BIAS) {
      b = added[params.bias_row + n];
    } else if (RESIDUAL) {
      b = added[params.column + n];
    }
    y[params.column + n] = sum + b;
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) t: u32,
//@ if SUBGROUPS
  @builtin(subgroup_invocation_id) lane: u32,
//@ end
) {
//@ if SUBGROUPS
  octet_prepare(lane);
//@ end
  let runs = params.inner / (8u * OCTETS);
  let first_n = (group.y * groups.x + group.x) * (LANES / ACROSS * ROWS);
  let n0 = first_n + t / ACROSS * ROWS;
  // Columns beyond the edge repeat the last valid one and are not stored.
//@ for r in ROWS
  let w$r = (params.weight_row + min(n0 + $ru, params.count - 1u)) * runs;
  var sum$r = 0.0f;
//@ end
  // All threads take all steps, as lanes need each other's values; a zero of x leaves the sums as they are.
  for (var first = 0u; first < runs; first += ACROSS) {
    let run = first + t % ACROSS;
    let at = min(run, runs - 1u);
//@ for e in OCTETS
//@   for h in 2
    let x$e_$h = select(vec4f(0.0), x[2u * (OCTETS * at + $eu) + $hu], run < runs);
//@   end
//@ end
//@ for r in ROWS
//@   if PACKED
    let words$r = weight[w$r + at];
    let scale$r = scales[(w$r + at) / RUNS];
//@   end
    var part$r = 0.0f;
//@   for e in OCTETS
//@     if PACKED
//@       if AFFINE
    let w$r_$e = in_block(packed_octet(words$r, $eu), scale$r);
//@       else
    let w$r_$e = packed_octet(words$r, $eu);
//@       end
//@     else
    let w$r_$e = weight_octet(w$r + at, 1.0f);
//@     end
//@     for h in 2
//@       for i in 4
    part$r = fma(x$e_$h[$i], w$r_$e[$h][$i], part$r);
//@       end
//@     end
//@   end
//@   if SCALED
    sum$r = fma(part$r, scale$r, sum$r);
//@   else
    sum$r += part$r;
//@   end
//@ end
  }
//@ if SHARED
  // A tree of sums over the threads that share columns.
//@   for r in ROWS
  partial[t * ROWS + $ru] = sum$r;
//@   end
  for (var width = ACROSS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (t % ACROSS < width) {
//@   for r in ROWS
      partial[t * ROWS + $ru] += partial[(t + width) * ROWS + $ru];
//@   end
    }
  }
  workgroupBarrier();
  for (var c = t; c < LANES / ACROSS * ROWS; c += LANES) {
    store(first_n + c, partial[c / ROWS * ACROSS * ROWS + c % ROWS]);
  }
//@ else
//@   for r in ROWS
  store(n0 + $ru, sum$r);
//@   end
//@ end
}
