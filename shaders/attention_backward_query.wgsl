// dq_i = SCALE sum_{j <= i} dS_ij k_j, dS_ij = P_ij (do_i . v_j - do_i . o_i). A thread owns one query of one head
// and writes its part of dqkv.
struct Params {
  sequences: u32, // B
  length: u32, // S
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>; // [B, S, ROW]
@group(0) @binding(1) var<storage, read> o: array<f32>; // [B, S, HEADS HEAD]
@group(0) @binding(2) var<storage, read> lse: array<f32>; // [B, S, HEADS]
@group(0) @binding(3) var<storage, read> output_gradient: array<f32>; // [B, S, HEADS HEAD]
@group(0) @binding(4) var<storage, read_write> dqkv: array<f32>; // [B, S, ROW]
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
  let out = (row * HEADS + head) * HEAD;
  var delta = 0.0f;
  for (var d = 0u; d < HEAD; d++) {
    delta += output_gradient[out + d] * o[out + d];
  }
  let log_sum = lse[row * HEADS + head];
  var acc: array<f32, HEAD>;
  for (var j = 0u; j <= i; j++) {
    let k = key_at(first + j, kv_head);
    let v = value_at(first + j, kv_head);
    let p = exp(SCALE * dot_qkv(q, k) - log_sum);
    var dp = 0.0f;
    for (var d = 0u; d < HEAD; d += 2u) {
      dp += output_gradient[out + d] * qkv[v + d] + output_gradient[out + d + 1u] * qkv[v + d + 1u];
    }
    let ds = SCALE * p * (dp - delta);
    for (var d = 0u; d < HEAD; d += 2u) {
      acc[d] += ds * qkv[k + d];
      acc[d + 1u] += ds * qkv[k + d + 1u];
    }
  }
  for (var d = 0u; d < HEAD; d++) {
    dqkv[q + d] = acc[d];
  }
}
