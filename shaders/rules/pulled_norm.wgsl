// ACROSS threads take a multiplier of a normed head of HEAD values back through its norm, y = w x r, r = 1 / sqrt(mean
// (x^2) + EPSILON); with one weight for the HEADS of queries and one for the KV_HEADS of keys, beside which as many of
// values are copied. A norm of whole rows is one of a single head.
// PAIRED: x0 and, as many heads further, x1: m = late(r0, r1) v - (x0 + x1) / HEAD * r0^2 r1^2 / (r0 + r1) * sum(v
//         early(x0, x1)), v = w dy
// else:   m = r v
struct Params {
  heads: u32, // of all rows
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [heads, HEAD], or with PAIRED [2 heads, HEAD]
@group(0) @binding(1) var<storage, read> dy: array<Vec>; // [heads, HEAD]
@group(0) @binding(2) var<storage, read> weight: array<Vec>; // [1 or 2, HEAD]
@group(0) @binding(3) var<storage, read_write> y: array<Vec>; // [heads, HEAD]
//@ if RESIDUAL
@group(0) @binding(4) var<storage, read> residual: array<Vec>; // [heads, HEAD]
//@ end
@group(0) @binding(5) var<uniform> params: Params;

const SIZE: u32 = 64u;
const VECS: u32 = HEAD / WIDTH;

var<workgroup> partial: array<vec3f, SIZE>; // of sum(x0^2), sum(x1^2) and sum(v early(x0, x1))

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * (SIZE / ACROSS) + thread / ACROSS;
  let head = index % (HEADS + 2u * KV_HEADS);
  let own_weight = select(VECS, 0u, head < HEADS);
  let lane = thread % ACROSS;
  let start = index * VECS;
  let end = select(0u, start + VECS, index < params.heads);
//@ if PAIRED
  let ahead = params.heads * VECS;
//@ else
  let ahead = 0u;
//@ end
  var first = Vec();
  var last = Vec();
  var product = Vec();
  for (var at = start + lane; at < end; at += ACROSS) {
    let x0 = x[at];
    let x1 = x[at + ahead];
    first = fma(x0, x0, first);
    last = fma(x1, x1, last);
    product = fma(weight[own_weight + at - start] * dy[at], early(x0, x1), product);
  }
  partial[thread] = vec3f(total(first), total(last), total(product));
  workgroupBarrier();
  var sums = vec3f();
//@ for i in ACROSS
  sums += partial[thread - lane + $iu];
//@ end
  let r0 = 1.0f / sqrt(sums.x / f32(HEAD) + EPSILON);
  let r1 = 1.0f / sqrt(sums.y / f32(HEAD) + EPSILON);
  let both = r0 * r1;
  let pull = both * both / (r0 + r1) * sums.z / f32(HEAD);
  let r = late(Vec(r0), Vec(r1));
  for (var at = start + lane; at < end; at += ACROSS) {
    let v = weight[own_weight + at - start] * dy[at];
//@ if PAIRED
    let pulled = r * v - (x[at] + x[at + ahead]) * pull;
//@ else
    let pulled = r * v;
//@ end
    let m = select(pulled, dy[at], head >= HEADS + KV_HEADS);
//@ if RESIDUAL
    y[at] = m + residual[at];
//@ else
    y[at] = m;
//@ end
  }
}
