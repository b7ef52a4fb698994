// y[m] = sum_d a[m, d] * b[m % period, d]; a workgroup of SIZE threads a row.
struct Params {
  rows: u32,
  period: u32, // rows of b
}
@group(0) @binding(0) var<storage, read> a: array<f32>; // [rows, D]
@group(0) @binding(1) var<storage, read> b: array<f32>; // [period, D]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [rows]
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  var sum = 0.0f;
  for (var d = lane; d < D; d += SIZE) {
    sum += a[row * D + d] * b[(row % params.period) * D + d];
  }
  partial[lane] = sum;
  workgroupBarrier();
  for (var width = SIZE / 2u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] += partial[lane + width];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    y[row] = partial[0];
  }
}
