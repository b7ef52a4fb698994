// ACROSS threads normalize a head of HEAD values: y = w x r, r = 1 / sqrt(mean(x^2) + EPSILON), with one weight for
// queries and one for keys. Heads of values are copied.
// FORWARD:  y = w x r
// BACKWARD: given dy, dx = r w dy - x r^3 / HEAD * sum(w dy x)
// TANGENT:  given t,  ty = w (t r - x r^3 / HEAD * sum(x t))
struct Params {
  heads: u32, // of all rows
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [rows, HEADS + 2 KV_HEADS, HEAD]
@group(0) @binding(1) var<storage, read> other: array<Vec>; // dy or t; none if FORWARD
@group(0) @binding(2) var<storage, read> weight: array<Vec>; // [2, HEAD]
@group(0) @binding(3) var<storage, read_write> y: array<Vec>;
@group(0) @binding(4) var<uniform> params: Params;

const SIZE: u32 = 64u;
const VECS: u32 = HEAD / WIDTH;

var<workgroup> partial: array<vec2f, SIZE>; // of sum(x^2) and of the other sum

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
  var square = Vec();
  var product = Vec();
  for (var at = start + lane; at < end; at += ACROSS) {
    let value = x[at];
    square = fma(value, value, square);
//@ if BACKWARD
    product = fma(value * weight[own_weight + at - start], other[at], product);
//@ end
//@ if TANGENT
    product = fma(value, other[at], product);
//@ end
  }
  partial[thread] = vec2f(total(square), total(product));
  workgroupBarrier();
  var sums = vec2f();
//@ for i in ACROSS
  sums += partial[thread - lane + $iu];
//@ end
  let r = 1.0f / sqrt(sums.x / f32(HEAD) + EPSILON);
  let pull = sums.y * r * r * r / f32(HEAD);
  for (var at = start + lane; at < end; at += ACROSS) {
    let w = weight[own_weight + at - start];
//@ if FORWARD
    let copied = x[at];
    let normed = w * (x[at] * r);
//@ else
    let copied = other[at];
//@   if BACKWARD
    let normed = r * w * other[at] - x[at] * pull;
//@   else
    let normed = w * (other[at] * r - x[at] * pull);
//@   end
//@ end
    y[at] = select(normed, copied, head >= HEADS + KV_HEADS);
  }
}
