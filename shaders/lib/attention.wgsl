// Rows of `qkv` are [HEADS queries | KV_HEADS keys | KV_HEADS values] of HEAD elements each.
const ROW: u32 = (HEADS + 2u * KV_HEADS) * HEAD;

fn query_at(row: u32, head: u32) -> u32 {
  return row * ROW + head * HEAD;
}

fn key_at(row: u32, kv_head: u32) -> u32 {
  return row * ROW + (HEADS + kv_head) * HEAD;
}

fn value_at(row: u32, kv_head: u32) -> u32 {
  return row * ROW + (HEADS + KV_HEADS + kv_head) * HEAD;
}

// a . b of two heads within qkv. HEAD is even, since RoPE pairs its halves.
fn dot_qkv(a: u32, b: u32) -> f32 {
  var sum = 0.0f;
  var d = 0u;
  for (; d + 8u <= HEAD; d += 8u) {
    sum += qkv[a + d] * qkv[b + d] + qkv[a + d + 1u] * qkv[b + d + 1u] + qkv[a + d + 2u] * qkv[b + d + 2u] +
      qkv[a + d + 3u] * qkv[b + d + 3u] + qkv[a + d + 4u] * qkv[b + d + 4u] + qkv[a + d + 5u] * qkv[b + d + 5u] +
      qkv[a + d + 6u] * qkv[b + d + 6u] + qkv[a + d + 7u] * qkv[b + d + 7u];
  }
  for (; d < HEAD; d++) {
    sum += qkv[a + d] * qkv[b + d];
  }
  return sum;
}
