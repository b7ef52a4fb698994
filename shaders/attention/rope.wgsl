// Rotates the first HEADS heads of each row by its position's angles, half against half; the other columns are copied.
// The inverse rotation is also the transpose. A thread rotates a Vec of each half.
// BEHIND: y has the rows that all sequences share before those of x, zero in their first columns, and all zero unless
// SHARED.
// SKIPPING: x has such rows first, and y leaves them out. Angles are those of one table of a row's.
struct Params {
  rows: u32, // of x and y that both have
  positions: u32, // row m is at position m % positions
  shared_rows: u32,
  tasks: u32, // threads that do something
  table: u32,
  inverse: u32, // 1 for the inverse rotation
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [rows, COLUMNS]
// [>= positions, ANGLES], tables of HEAD: cosines, sines, HEAD / 2 each
@group(0) @binding(1) var<storage, read> rotation: array<Vec>;
//@ if SHARED
@group(0) @binding(2) var<storage, read> before: array<Vec>; // [shared_rows, GIVEN], the last columns of these rows
//@ end
@group(0) @binding(3) var<storage, read_write> y: array<Vec>; // [rows, COLUMNS]
@group(0) @binding(4) var<uniform> params: Params;

// In Vecs:
const ROW: u32 = COLUMNS / WIDTH;
const HALF: u32 = HEAD / 2u / WIDTH;
const PAIRS: u32 = HEADS * HALF;
const TASKS: u32 = ROW - PAIRS; // of a row

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.tasks) {
    return;
  }
  let row = index / TASKS;
  let task = index % TASKS;
  if (row >= params.rows) {
    // Threads behind those of the rows each write a Vec of the shared rows.
    let at = index - params.rows * TASKS;
//@ if SHARED
    let column = at % ROW;
    let own = select(0u, column - (ROW - GIVEN / WIDTH), column >= ROW - GIVEN / WIDTH);
    y[at] = select(Vec(), before[at / ROW * (GIVEN / WIDTH) + own], column >= ROW - GIVEN / WIDTH);
//@ else
    y[at] = Vec();
//@ end
    return;
  }
  let skipped = params.shared_rows * ROW;
//@ if SKIPPING
  let source = row * ROW + skipped;
//@ else
  let source = row * ROW;
//@ end
//@ if BEHIND
  let result = row * ROW + skipped;
//@ else
  let result = row * ROW;
//@ end
  if (task >= PAIRS) {
    y[result + PAIRS + task] = x[source + PAIRS + task];
    return;
  }
  let d = task % HALF;
  let at = task / HALF * 2u * HALF + d;
  let angle = row % params.positions * (ANGLES / WIDTH) + params.table * 2u * HALF + d;
  let cosine = rotation[angle];
  let sine = select(1.0f, -1.0f, params.inverse != 0u) * rotation[angle + HALF];
  let low = x[source + at];
  let high = x[source + at + HALF];
  y[result + at] = low * cosine - high * sine;
  y[result + at + HALF] = high * cosine + low * sine;
}
