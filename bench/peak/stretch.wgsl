// Reads every element once, each lane a stretch of 256 elements, and keeps one sum a lane. A processor whose lanes read
// one by one fetches several streams ahead at a time, and more of them than of one.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Params {
  first: u32,
}
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = params.first + (group.x * 8u + lane) * 256u;
  var sum = vec4<f32>();
  for (var step = 0u; step < 16u; step++) {
//@ for u in 16
    sum += x[first + step * 16u + $uu];
//@ end
  }
  y[group.x * 8u + lane] = sum;
}
