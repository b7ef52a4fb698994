// Moves rows between sequences and windows of them; of each workgroup `z` is the sequence.
// TAKE:   y = a window of x
// PLACE:  y = x at the window, zero elsewhere
// REPEAT: y = x, which is one sequence, for each
struct Params {
  size: u32, // Vecs of a sequence of y
  stride: u32, // of x
  first: u32, // of the window
  count: u32, // of the window
}
@group(0) @binding(0) var<storage, read> x: array<Vec>;
@group(0) @binding(1) var<storage, read_write> y: array<Vec>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.size) {
    return;
  }
//@ if TAKE
  let value = x[id.z * params.stride + params.first + index];
//@ end
//@ if PLACE
  // Before the window the difference wraps and is no less.
  let at = index - params.first;
  var value = Vec();
  if (at < params.count) {
    value = x[id.z * params.stride + at];
  }
//@ end
//@ if REPEAT
  let value = x[index];
//@ end
  y[id.z * params.size + index] = value;
}
