// y[m, column + n] = sum of parts[p, m, n] over p in order, + bias[bias_row + n] or + residual[m, column + n].
struct Params {
  rows: u32,
  count: u32,
  column: u32,
  stride: u32, // of y
  bias_row: u32, // element of bias for n = 0
  parts: u32,
}
@group(0) @binding(0) var<storage, read> parts: array<f32>; // [parts, rows, count]
@group(0) @binding(1) var<storage, read> added: array<f32>; // bias [..] if BIAS, residual [rows, stride] if RESIDUAL
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [rows, stride]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let size = params.rows * params.count;
  if (index >= size) {
    return;
  }
  let n = index % params.count;
  let at = index / params.count * params.stride + params.column + n;
  var sum = parts[index];
  for (var p = 1u; p < params.parts; p++) {
    sum += parts[p * size + index];
  }
//@ if BIAS
  sum += added[params.bias_row + n];
//@ end
//@ if RESIDUAL
  sum += added[at];
//@ end
  y[at] = sum;
}
