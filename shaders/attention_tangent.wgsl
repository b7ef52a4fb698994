// to_i = sum_{j <= i} P_ij (tv_j + (ts_ij - mean_i) v_j), ts_ij = SCALE (tq_i . k_j + q_i . tk_j), mean_i = sum_j P_ij ts_ij.
// A thread owns one query of one head.
struct Params {
  sequences: u32, // B
  length: u32, // S
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>; // [B, S, ROW]
@group(0) @binding(1) var<storage, read> o: array<f32>; // [B, S, HEADS HEAD]
@group(0) @binding(2) var<storage, read> lse: array<f32>; // [B, S, HEADS]
@group(0) @binding(3) var<storage, read> tangent: array<f32>; // of qkv, [B, S, ROW]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [B, S, HEADS HEAD]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.sequences * params.length * HEADS) {
    return;
  }
  let i = index % params.length;
  let head = (index / params.length) % HEADS;
  let first = index / (params.length * HEADS) * params.length;
  let kv_head = head / (HEADS / KV_HEADS);
  let row = first + i;
  let q = query_at(row, head);
  let log_sum = lse[row * HEADS + head];
  var mean = 0.0f;
  var acc: array<f32, HEAD>;
  for (var j = 0u; j <= i; j++) {
    let k = key_at(first + j, kv_head);
    let v = value_at(first + j, kv_head);
    var score = 0.0f;
    var slope = 0.0f;
    for (var d = 0u; d < HEAD; d += 2u) {
      score += qkv[q + d] * qkv[k + d] + qkv[q + d + 1u] * qkv[k + d + 1u];
      slope += tangent[q + d] * qkv[k + d] + qkv[q + d] * tangent[k + d] +
        tangent[q + d + 1u] * qkv[k + d + 1u] + qkv[q + d + 1u] * tangent[k + d + 1u];
    }
    let p = exp(SCALE * score - log_sum);
    let weighted = p * SCALE * slope;
    mean += weighted;
    for (var d = 0u; d < HEAD; d += 2u) {
      acc[d] += p * tangent[v + d] + weighted * qkv[v + d];
      acc[d + 1u] += p * tangent[v + d + 1u] + weighted * qkv[v + d + 1u];
    }
  }
  let out = (row * HEADS + head) * HEAD;
  for (var d = 0u; d < HEAD; d++) {
    y[out + d] = acc[d] - mean * o[out + d];
  }
}
