// y[column + n] = sum_k x[k] * W[weight_row + n, k] + bias[bias_row + n], or + residual[column + n], for n < count: one row of x, bound by reading W.
// With NORM, x stands for its RMS norm. If GATED, y = silu(g) * u with g of the rows from weight_row on and u of those from `up` on.
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
  up: u32, // row of W that belongs to the up side of n = 0, where GATED
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
//@ if NORM
@group(0) @binding(5) var<storage, read> norm: array<vec4f>; // [1, inner]
//@ end
@group(0) @binding(6) var<uniform> params: Params;

// Columns of y that a thread's ROWS rows of W make: a gate and what it lets through are one.
const OWN: u32 = ROWS / (1u + u32(GATED));
//@ if SHARED
var<workgroup> partial: array<f32, LANES * ROWS>;
//@ end
//@ if NORM
var<workgroup> squares: array<f32, LANES>;
//@ end

// The row of W of a thread's r-th sum. Columns beyond the edge repeat the last valid one and are not stored.
fn row_of(n0: u32, r: u32) -> u32 {
  return select(params.weight_row, params.up, r >= OWN) + min(n0 + r % OWN, params.count - 1u);
}

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

//@ if GATED
fn gated(gate: f32, up: f32) -> f32 {
  return gate / (1.0f + exp(-gate)) * up;
}

//@ end
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
  let first_n = (group.y * groups.x + group.x) * (LANES / ACROSS * OWN);
  let n0 = first_n + t / ACROSS * OWN;
//@ if NORM
  // Each workgroup makes the norm's factor again, which takes less than a launch for it.
  var square = 0.0f;
  for (var i = t; i < params.inner / 4u; i += LANES) {
    square += dot(x[i], x[i]);
  }
  squares[t] = square;
  workgroupBarrier();
  var mean = 0.0f;
  for (var i = 0u; i < LANES; i++) {
    mean += squares[i] / f32(params.inner);
  }
  let scale = inverseSqrt(mean + EPSILON);
//@ end
//@ for r in ROWS
  let w$r = row_of(n0, $ru) * runs;
  var sum$r = 0.0f;
//@ end
  // All threads take all steps, as lanes need each other's values; a zero of x leaves the sums as they are.
  for (var first = 0u; first < runs; first += ACROSS) {
    let run = first + t % ACROSS;
    let at = min(run, runs - 1u);
//@ for e in OCTETS
//@   for h in 2
//@     if NORM
    let x$e_$h = select(vec4f(0.0), x[2u * (OCTETS * at + $eu) + $hu] * norm[2u * (OCTETS * at + $eu) + $hu], run < runs);
//@     else
    let x$e_$h = select(vec4f(0.0), x[2u * (OCTETS * at + $eu) + $hu], run < runs);
//@     end
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
//@ if NORM
//@   for r in ROWS
  sum$r *= scale;
//@   end
//@ end
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
  for (var c = t; c < LANES / ACROSS * OWN; c += LANES) {
    let at = c / OWN * ACROSS * ROWS + c % OWN;
//@   if GATED
    store(first_n + c, gated(partial[at], partial[at + OWN]));
//@   else
    store(first_n + c, partial[at]);
//@   end
  }
//@ else
  let sums = array<f32, ROWS>(
//@   for r in ROWS
    sum$r,
//@   end
  );
//@   for r in OWN
//@     if GATED
  store(n0 + $ru, gated(sums[$ru], sums[$ru + OWN]));
//@     else
  store(n0 + $ru, sums[$ru]);
//@     end
//@   end
//@ end
}
