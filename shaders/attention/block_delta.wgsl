// delta_i = do_i . o_i of each query and head.
@group(0) @binding(0) var<storage, read> o: array<vec4f>; // [B, N, HEADS COLUMNS]
@group(0) @binding(1) var<storage, read> output_gradient: array<vec4f>; // [B, n, HEADS COLUMNS]
@group(0) @binding(2) var<storage, read_write> delta: array<f32>; // [B, n, HEADS]
@group(0) @binding(3) var<uniform> params: DeltaParams;

struct DeltaParams {
  sequences: u32, // B
  queries: u32, // N
  gradients: u32, // n
}

const COLUMNS: u32 = HEAD / 4u; // vec4f of a head

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * 64u + thread;
  if (index >= params.sequences * params.gradients * HEADS) {
    return;
  }
  let row = index / HEADS;
  let out = (row / params.gradients * params.queries + row % params.gradients) * HEADS + index % HEADS;
  var sum = vec4f();
  for (var c = 0u; c < COLUMNS; c++) {
    sum = fma(output_gradient[index * COLUMNS + c], o[out * COLUMNS + c], sum);
  }
  delta[index] = (sum.x + sum.y) + (sum.z + sum.w);
}
