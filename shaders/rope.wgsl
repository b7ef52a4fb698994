// Rotates the first HEADS heads of each row by its position's angles, half against half; the other columns are copied.
// SIGN is 1, or -1 for the inverse rotation, which is also the transpose. A thread rotates a Vec of each half.
struct Params {
  rows: u32,
  positions: u32, // S: row m is at position m % S
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [rows, COLUMNS]
@group(0) @binding(1) var<storage, read> rotation: array<Vec>; // [S, HEAD] cosines, then sines, HEAD / 2 each
@group(0) @binding(2) var<storage, read_write> y: array<Vec>; // [rows, COLUMNS]
@group(0) @binding(3) var<uniform> params: Params;

// In Vecs:
const HALF: u32 = HEAD / 2u / WIDTH;
const PAIRS: u32 = HEADS * HALF;
const COPIED: u32 = COLUMNS / WIDTH - 2u * PAIRS;
const TASKS: u32 = PAIRS + COPIED;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let row = index / TASKS;
  let task = index % TASKS;
  if (row >= params.rows) {
    return;
  }
  let start = row * (COLUMNS / WIDTH);
  if (task >= PAIRS) {
    let at = start + PAIRS + task;
    y[at] = x[at];
    return;
  }
  let d = task % HALF;
  let at = start + task / HALF * 2u * HALF + d;
  let angle = row % params.positions * 2u * HALF + d;
  let cosine = rotation[angle];
  let sine = SIGN * rotation[angle + HALF];
  let low = x[at];
  let high = x[at + HALF];
  y[at] = low * cosine - high * sine;
  y[at + HALF] = high * cosine + low * sine;
}
