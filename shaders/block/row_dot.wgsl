// y[m] = sum_d a[m, d] * b[m % period, d]; ACROSS threads a row.
struct Params {
  rows: u32,
  period: u32, // rows of b
}
@group(0) @binding(0) var<storage, read> a: array<Vec>; // [rows, D]
@group(0) @binding(1) var<storage, read> b: array<Vec>; // [period, D]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [rows]
@group(0) @binding(3) var<uniform> params: Params;

const SIZE: u32 = 64u;
const VECS: u32 = D / WIDTH;

var<workgroup> partial: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / ACROSS) + thread / ACROSS;
  let lane = thread % ACROSS;
  let other = row % params.period * VECS;
  let end = select(0u, VECS, row < params.rows);
  var sum = Vec();
  for (var d = lane; d < end; d += ACROSS) {
    sum = fma(a[row * VECS + d], b[other + d], sum);
  }
  partial[thread] = total(sum);
  workgroupBarrier();
  if (lane == 0u && row < params.rows) {
    var all = 0.0f;
//@ for i in ACROSS
    all += partial[thread + $iu];
//@ end
    y[row] = all;
  }
}
