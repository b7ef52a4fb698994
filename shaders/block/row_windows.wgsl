// Moves rows between sequences of SEQUENCE rows and windows of COUNT rows that start at row START of each.
// TAKE:   y [sequences, COUNT, D] = x[:, START : START + COUNT]
// PLACE:  y [sequences, SEQUENCE, D] = x at those rows, zero elsewhere
// REPEAT: y [sequences, SEQUENCE, D] = x [SEQUENCE, D] for each sequence
struct Params {
  total: u32, // Vecs of y
}
@group(0) @binding(0) var<storage, read> x: array<Vec>;
@group(0) @binding(1) var<storage, read_write> y: array<Vec>;
@group(0) @binding(2) var<uniform> params: Params;

const VECS: u32 = D / WIDTH;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.total) {
    return;
  }
//@ if TAKE
  let row = index / VECS;
  y[index] = x[((row / COUNT) * SEQUENCE + START + row % COUNT) * VECS + index % VECS];
//@ end
//@ if PLACE
  let row = index / VECS;
  let at = row % SEQUENCE;
  var value = Vec();
  if (at >= START && at < START + COUNT) {
    value = x[((row / SEQUENCE) * COUNT + at - START) * VECS + index % VECS];
  }
  y[index] = value;
//@ end
//@ if REPEAT
  y[index] = x[index % (SEQUENCE * VECS)];
//@ end
}
