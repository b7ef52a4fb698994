// Writes the keys and values of new rows into the cache, from row position[0] on.
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>; // [rows, (HEADS + 2 KV_HEADS) HEAD]
@group(0) @binding(1) var<storage, read> position: array<u32>; // [1]
@group(0) @binding(2) var<storage, read_write> cache: array<f32>; // [capacity, 2 KV_HEADS HEAD]
@group(0) @binding(3) var<uniform> params: Params;

const WIDTH: u32 = 2u * KV_HEADS * HEAD;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * WIDTH) {
    return;
  }
  let row = index / WIDTH;
  let column = index % WIDTH;
  cache[(position[0] + row) * WIDTH + column] = qkv[row * (HEADS * HEAD + WIDTH) + HEADS * HEAD + column];
}
