// Reads every element once, neighbouring lanes neighbouring elements, and keeps one sum a lane.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Params {
  first: u32,
}
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  // No guard against the end: the size is a multiple of 128, and lavapipe loads one lane at a time behind a branch.
  let first = params.first + group.x * 128u + lane;
  var sum = vec4<f32>();
//@ for u in 16
  sum += x[first + $u * 8u];
//@ end
  y[group.x * 8u + lane] = sum;
}
