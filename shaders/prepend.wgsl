// y [sequences, FIRST + REST] = the same first Vecs before each sequence's own.
struct Params {
  total: u32, // Vecs of y
  first: u32, // FIRST: Vecs of the rows that all sequences start with
  rest: u32, // REST: Vecs of a sequence's own rows
}
@group(0) @binding(0) var<storage, read> x: array<Vec>; // [sequences, REST]
@group(0) @binding(1) var<storage, read> shared_rows: array<Vec>; // [FIRST]
@group(0) @binding(2) var<storage, read_write> y: array<Vec>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.total) {
    return;
  }
  let length = params.first + params.rest;
  let at = index % length;
  if (at < params.first) {
    y[index] = shared_rows[at];
  } else {
    y[index] = x[index / length * params.rest + at - params.first];
  }
}
