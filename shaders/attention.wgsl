// Causal grouped-query attention: o_i = sum_{j <= i} P_ij v_j, P_ij = exp(SCALE q_i . k_j - lse_i).
// A thread owns one query of one head.
struct Params {
  sequences: u32, // B
  length: u32, // S
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>; // [B, S, ROW]
@group(0) @binding(1) var<storage, read_write> o: array<f32>; // [B, S, HEADS HEAD]
@group(0) @binding(2) var<storage, read_write> lse: array<f32>; // [B, S, HEADS]
@group(0) @binding(3) var<uniform> params: Params;

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
  var top = SCALE * dot_qkv(q, key_at(row, kv_head));
  var sum = 1.0f;
  for (var j = 0u; j < i; j++) {
    let score = SCALE * dot_qkv(q, key_at(first + j, kv_head));
    if (score > top) {
      sum = sum * exp(top - score) + 1.0f;
      top = score;
    } else {
      sum += exp(score - top);
    }
  }
  let log_sum = top + log(sum);
  lse[row * HEADS + head] = log_sum;
  var acc: array<f32, HEAD>;
  for (var j = 0u; j <= i; j++) {
    let p = exp(SCALE * dot_qkv(q, key_at(first + j, kv_head)) - log_sum);
    let v = value_at(first + j, kv_head);
    for (var d = 0u; d < HEAD; d += 2u) {
      acc[d] += p * qkv[v + d];
      acc[d + 1u] += p * qkv[v + d + 1u];
    }
  }
  for (var d = 0u; d < HEAD; d++) {
    o[(row * HEADS + head) * HEAD + d] = acc[d];
  }
}
