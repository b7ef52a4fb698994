// Rotates the first HEADS heads of each row by its position's angles, half against half; the other columns are copied.
// SIGN is 1, or -1 for the inverse rotation, which is also the transpose.
struct Params {
  rows: u32,
  positions: u32, // S: row m is at position m % S
}
@group(0) @binding(0) var<storage, read> x: array<f32>; // [rows, COLUMNS]
@group(0) @binding(1) var<storage, read> rotation: array<f32>; // [S, HEAD] cosines, then sines, HEAD / 2 each
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [rows, COLUMNS]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * COLUMNS) {
    return;
  }
  let row = index / COLUMNS;
  let column = index % COLUMNS;
  if (column >= HEADS * HEAD) {
    y[index] = x[index];
    return;
  }
  let half = HEAD / 2u;
  let d = column % HEAD;
  let angle = (row % params.positions) * HEAD + d % half;
  let cosine = rotation[angle];
  let sine = SIGN * rotation[angle + half];
  if (d < half) {
    y[index] = x[index] * cosine - x[index + half] * sine;
  } else {
    y[index] = x[index] * cosine + x[index - half] * sine;
  }
}
