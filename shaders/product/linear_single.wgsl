// y[column + n] = sum_k x[k] * W[weight_row + n, k] + added[added_at + n], if there is a bias or residual, for n <
// count: one row of x, bound by reading W. With NORM, x stands for its RMS norm. If GATED, y = silu(g) * u with g of
// the rows from weight_row on and u of those from `up` on. W is [.., inner] in any format, inner a multiple of 8 OCTETS
// and of the elements that share a scale. ACROSS threads share ROWS columns; each takes every ACROSS-th run of OCTETS
// octets of them all, in LOADS loads of EACH, and of PACKED weights RUNS runs share a scale. With BROADCAST a workgroup
// is 8 lanes of one subgroup, which load a run of x together.
struct Params {
  rows: u32, // 1
  weight_row: u32,
  count: u32,
  column: u32,
  stride: u32, // of y
  inner: u32,
  up: u32, // row of W that belongs to the up side of n = 0, if GATED
  adds: u32, // 0 if nothing is added
  added_at: u32, // element of added for n = 0
  epsilon: f32, // of the norm, if NORM
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
@group(0) @binding(3) var<storage, read> added: array<f32>; // bias [..] or residual [1, stride] if params.adds
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [1, stride]
//@ if NORM
@group(0) @binding(5) var<storage, read> norm: array<vec4f>; // [1, inner]
//@ end
@group(0) @binding(6) var<uniform> params: Params;

// Columns of y that a thread's ROWS rows of W make: a gate and its up side are one.
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

// The e-th octet of the l-th load of a run.
fn octet(run: u32, l: u32, e: u32) -> u32 {
  return OCTETS * run + EACH * l + e;
}

//@ if TOUCH
// Reads something of every cache line of the rows of W from `row` on that the workgroup's threads own, and of their
// scales.
fn touch(row: u32, t: u32) -> u32 {
  let vectors = params.inner * BITS / 128u;
  var bits = 0u;
  for (var i = 4u * t; i < LANES * OWN * vectors; i += 4u * LANES) {
    bits |= bitcast<vec4<u32>>(weight[row * vectors + i]).x;
  }
//@   if PACKED
  let blocks = params.inner / (8u * OCTETS * RUNS);
  for (var i = 8u * t; i < LANES * OWN * blocks; i += 8u * LANES) {
//@     if AFFINE
    bits |= bitcast<u32>(scales[row * blocks + i].x);
//@     else
    bits |= bitcast<u32>(scales[row * blocks + i]);
//@     end
  }
//@   end
  return bits;
}

//@ end
fn store(n: u32, sum: f32) {
  if (n < params.count) {
    var b = 0.0f;
    if (params.adds != 0u) {
      b = added[params.added_at + n];
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
//@ if LANE
  @builtin(subgroup_invocation_id) lane: u32,
//@ end
) {
//@ if SUBGROUPS
  octet_prepare(lane);
//@ end
//@ if BOOKED
  octet_prepare(t);
//@ end
  let runs = params.inner / (8u * OCTETS);
  let first_n = (group.y * groups.x + group.x) * (LANES / ACROSS * OWN);
  let n0 = first_n + t / ACROSS * OWN;
//@ if TOUCH
  // Threads on rows of their own are more streams than a processor foresees: touching every cache line of the
  // workgroup's rows first has them all on their way at once.
  var touched = touch(params.weight_row + first_n, t);
//@   if GATED
  touched |= touch(params.up + first_n, t);
//@   end
//@ end
//@ if NORM
  // Each workgroup makes the norm's factor again, which takes less than a launch for it.
  var square = 0.0f;
  for (var i = t; i < params.inner / 4u; i += LANES) {
    let part = x[i];
    square += dot(part, part);
  }
  squares[t] = square;
  workgroupBarrier();
  var mean = 0.0f;
  for (var i = 0u; i < LANES; i++) {
    mean += squares[i] / f32(params.inner);
  }
  let scale = inverseSqrt(mean + params.epsilon);
//@ end
//@ for r in ROWS
  let w$r = row_of(n0, $ru) * runs;
  var sum$r = 0.0f;
//@ end
  // All threads take all steps, as lanes need each other's values; a zero of x leaves the sums as they are.
  for (var first = 0u; first < runs; first += ACROSS) {
    let run = first + t % ACROSS;
    let at = min(run, runs - 1u);
//@ if BROADCAST
//@   if NORM
    let own = x[2u * OCTETS * at + lane] * norm[2u * OCTETS * at + lane];
//@   else
    let own = x[2u * OCTETS * at + lane];
//@   end
//@ end
//@ for l in LOADS
//@   for e in EACH
//@     for h in 2
//@       if BROADCAST
    let x$l_$e_$h = subgroupBroadcast(own, 2u * (EACH * $lu + $eu) + $hu);
//@       else
//@         if NORM
    let k$l_$e_$h = 2u * octet(at, $lu, $eu) + $hu;
    let x$l_$e_$h = select(vec4f(0.0), x[k$l_$e_$h] * norm[k$l_$e_$h], run < runs);
//@         else
    let x$l_$e_$h = select(vec4f(0.0), x[2u * octet(at, $lu, $eu) + $hu], run < runs);
//@         end
//@       end
//@     end
//@   end
//@ end
//@ for r in ROWS
//@   if PACKED
    let scale$r = scales[(w$r + at) / RUNS];
//@   end
//@   for l in LOADS
//@     if PACKED
    let words$r_$l = weight[LOADS * (w$r + at) + $lu];
//@     end
//@     for e in EACH
//@       if PACKED
//@         if AFFINE
    let w$r_$l_$e = in_block(packed_octet(words$r_$l, $eu), scale$r);
//@         else
    let w$r_$l_$e = packed_octet(words$r_$l, $eu);
//@         end
//@       else
    let w$r_$l_$e = weight_octet(octet(w$r + at, $lu, $eu), 1.0f);
//@       end
    var part$r_$l_$e = 0.0f;
//@       for h in 2
//@         for i in 4
    part$r_$l_$e = fma(x$l_$e_$h[$i], w$r_$l_$e[$h][$i], part$r_$l_$e);
//@         end
//@       end
//@     end
//@   end
//@   for l in LOADS
//@     for e in EACH
//@       if SCALED
    sum$r = fma(part$r_$l_$e, scale$r, sum$r);
//@       else
    sum$r += part$r_$l_$e;
//@       end
//@     end
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
//@   if TOUCH
  // Zero, as there is one row, but no compiler knows.
  sum0 += f32(touched & (params.rows >> 1u));
//@   end
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
