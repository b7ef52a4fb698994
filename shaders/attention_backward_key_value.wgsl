// dk_j = SCALE sum_{h in group} sum_{i >= j} dS_ij q_i, dv_j = sum_{h in group} sum_{i >= j} P_ij do_i.
// A thread owns one position of one key/value head and writes its parts of dqkv: no atomics.
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
  if (index >= params.sequences * params.length * KV_HEADS) {
    return;
  }
  let j = index % params.length;
  let kv_head = (index / params.length) % KV_HEADS;
  let first = index / (params.length * KV_HEADS) * params.length;
  let k = key_at(first + j, kv_head);
  let v = value_at(first + j, kv_head);
  var dk: array<f32, HEAD>;
  var dv: array<f32, HEAD>;
  for (var g = 0u; g < HEADS / KV_HEADS; g++) {
    let head = kv_head * (HEADS / KV_HEADS) + g;
    for (var i = j; i < params.length; i++) {
      let row = first + i;
      let q = query_at(row, head);
      let out = (row * HEADS + head) * HEAD;
      let p = exp(SCALE * dot_qkv(q, k) - lse[row * HEADS + head]);
      // do_i . (v_j - o_i)
      var dp = 0.0f;
      for (var d = 0u; d < HEAD; d += 2u) {
        dp += output_gradient[out + d] * (qkv[v + d] - o[out + d]) +
          output_gradient[out + d + 1u] * (qkv[v + d + 1u] - o[out + d + 1u]);
      }
      let ds = SCALE * p * dp;
      for (var d = 0u; d < HEAD; d += 2u) {
        dk[d] += ds * qkv[q + d];
        dk[d + 1u] += ds * qkv[q + d + 1u];
        dv[d] += p * output_gradient[out + d];
        dv[d + 1u] += p * output_gradient[out + d + 1u];
      }
    }
  }
  for (var d = 0u; d < HEAD; d++) {
    dqkv[k + d] = dk[d];
    dqkv[v + d] = dv[d];
  }
}
