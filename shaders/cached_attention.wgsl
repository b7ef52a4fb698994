// Causal grouped-query attention of new rows over the cache, which already holds their own keys and values:
// row r attends to cache rows 0 .. position[0] + r. A thread owns one query of one head.
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>; // [rows, (HEADS + 2 KV_HEADS) HEAD]
@group(0) @binding(1) var<storage, read> cache: array<f32>; // [capacity, 2 KV_HEADS HEAD]
@group(0) @binding(2) var<storage, read> position: array<u32>; // [1]
@group(0) @binding(3) var<storage, read_write> o: array<f32>; // [rows, HEADS HEAD]
@group(0) @binding(4) var<uniform> params: Params;

const WIDTH: u32 = 2u * KV_HEADS * HEAD;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * HEADS) {
    return;
  }
  let row = index / HEADS;
  let head = index % HEADS;
  let kv_head = head / (HEADS / KV_HEADS);
  let q = row * (HEADS * HEAD + WIDTH) + head * HEAD;
  var top = -3.0e38f;
  var sum = 0.0f;
  var acc: array<f32, HEAD>;
  for (var j = 0u; j <= position[0] + row; j++) {
    let k = j * WIDTH + kv_head * HEAD;
    let v = k + KV_HEADS * HEAD;
    var score = 0.0f;
    for (var d = 0u; d < HEAD; d += 2u) {
      score += qkv[q + d] * cache[k + d] + qkv[q + d + 1u] * cache[k + d + 1u];
    }
    score *= SCALE;
    let m = max(top, score);
    let keep = exp(top - m);
    let p = exp(score - m);
    top = m;
    sum = sum * keep + p;
    for (var d = 0u; d < HEAD; d += 2u) {
      acc[d] = acc[d] * keep + p * cache[v + d];
      acc[d + 1u] = acc[d + 1u] * keep + p * cache[v + d + 1u];
    }
  }
  for (var d = 0u; d < HEAD; d++) {
    o[(row * HEADS + head) * HEAD + d] = acc[d] / sum;
  }
}
