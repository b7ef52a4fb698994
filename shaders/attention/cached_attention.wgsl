// Causal grouped-query attention of new rows over the cache, which already holds their own keys and values: row r
// attends to cache rows up to position[0] + r, the last `window` of them. With APPEND there is one row, and its own
// keys and values are written first; with ROTATED its queries and keys are rotated before, half against half. A
// workgroup owns one query of one head and takes KEYS keys at a time: first a thread scores a key, then a thread sums
// one Vec, of WIDTH elements, of the values. Loops are unrolled: Mesa's software Vulkan ends a thread's loops,
// silently, after 65,535 iterations in all.
struct Params {
  rows: u32,
  window: u32, // positions that a query sees; 2^31 for all
}
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [rows, (HEADS + 2 KV_HEADS) HEAD]
//@ if APPEND
@group(0) @binding(1) var<storage, read_write> cache: array<Vec>; // [capacity, 2 KV_HEADS HEAD]
//@ else
@group(0) @binding(1) var<storage, read> cache: array<Vec>; // [capacity, 2 KV_HEADS HEAD]
//@ end
@group(0) @binding(2) var<storage, read> position: array<u32>; // [1]
@group(0) @binding(3) var<storage, read_write> o: array<Vec>; // [rows, HEADS HEAD]
//@ if ROTATED
@group(0) @binding(4) var<storage, read> rotation: array<Vec>; // tables of HEAD: cosines, sines, HEAD / 2 each
//@ end
@group(0) @binding(5) var<uniform> params: Params;

const COLUMNS: u32 = HEAD / WIDTH; // Vecs of a head
const ROW: u32 = 2u * KV_HEADS * COLUMNS; // of the cache
// Vecs that a thread sums.
const OWN: u32 = (COLUMNS + KEYS - 1u) / KEYS;

var<workgroup> query: array<Vec, COLUMNS>;
var<workgroup> weights: array<f32, KEYS>;
var<workgroup> partial: array<f32, KEYS>;

//@ if ROTATED
const HALF: u32 = COLUMNS / 2u;

// Vecs d of both halves of the head at Vec `at` of the row.
fn rotated(at: u32, d: u32) -> array<Vec, 2> {
  let low = qkv[at + d];
  let high = qkv[at + d + HALF];
  let cosine = rotation[TABLE * COLUMNS + d];
  let sine = rotation[TABLE * COLUMNS + d + HALF];
  return array<Vec, 2>(low * cosine - high * sine, high * cosine + low * sine);
}

//@ end
//@ if TOUCH
// Reads something of every cache line of the keys and values that a head attends to, which has them all on their way at
// once.
fn touch(kv_head: u32, first: u32, end: u32) -> f32 {
  var top = 0.0f;
  for (var at = first * ROW + kv_head * COLUMNS; at < end * ROW; at += KEYS * ROW) {
    for (var i = 0u; i < COLUMNS; i += 16u / WIDTH) {
      top = max(top, max(total(cache[at + i]), total(cache[at + KV_HEADS * COLUMNS + i])));
    }
  }
  return top;
}

//@ end
fn score(k: u32) -> f32 {
  var sum = Vec();
  var d = 0u;
  for (; d + 4u <= COLUMNS; d += 4u) {
    sum += query[d] * cache[k + d] + query[d + 1u] * cache[k + d + 1u] + query[d + 2u] * cache[k + d + 2u] +
      query[d + 3u] * cache[k + d + 3u];
  }
  for (; d < COLUMNS; d++) {
    sum += query[d] * cache[k + d];
  }
//@ if CAPPED
  return soft_cap(SCALE * total(sum));
//@ else
  return SCALE * total(sum);
//@ end
}

// Sum over 8 keys from key j of their weight times Vec `at` of their values.
fn weighted(j: u32, at: u32) -> Vec {
  let v = at + j * ROW;
  let w = j % KEYS;
  return weights[w] * cache[v] + weights[w + 1u] * cache[v + ROW] + weights[w + 2u] * cache[v + 2u * ROW] +
    weights[w + 3u] * cache[v + 3u * ROW] + weights[w + 4u] * cache[v + 4u * ROW] +
    weights[w + 5u] * cache[v + 5u * ROW] + weights[w + 6u] * cache[v + 6u * ROW] +
    weights[w + 7u] * cache[v + 7u * ROW];
}

@compute @workgroup_size(KEYS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index >= params.rows * HEADS) {
    return;
  }
  let row = index / HEADS;
  let head = index % HEADS;
  let kv_head = head / (HEADS / KV_HEADS);
  let q = row * (HEADS * COLUMNS + ROW) + head * COLUMNS;
  let keys = position[0] + row + 1u;
  // The first key that the query sees.
  let seen = select(0u, keys - params.window, keys > params.window);
//@ if TOUCH
  let touched = touch(kv_head, seen + lane, position[0]);
//@ end
//@ if ROTATED
  for (var i = lane; i < HALF; i += KEYS) {
    let parts = rotated(q, i);
    query[i] = parts[0];
    query[i + HALF] = parts[1];
  }
//@ else
  for (var i = lane; i < COLUMNS; i += KEYS) {
    query[i] = qkv[q + i];
  }
//@ end
//@ if APPEND
  // Heads that share keys write the same; each workgroup writes the keys that it reads itself.
  let source = (HEADS + kv_head) * COLUMNS;
  let place = position[0] * ROW + kv_head * COLUMNS;
//@   if ROTATED
  for (var i = lane; i < HALF; i += KEYS) {
    let parts = rotated(source, i);
    cache[place + i] = parts[0];
    cache[place + i + HALF] = parts[1];
  }
//@   end
  for (var i = lane; i < COLUMNS; i += KEYS) {
//@   if ROTATED
//@   else
    cache[place + i] = qkv[source + i];
//@   end
    cache[place + i + KV_HEADS * COLUMNS] = qkv[source + i + KV_HEADS * COLUMNS];
  }
  storageBarrier();
//@ end
  workgroupBarrier();
  var top = -3.0e38f;
  // Of the weights of this thread's keys.
  var sum = 0.0f;
  var acc: array<Vec, OWN>;
  for (var first = seen / KEYS * KEYS; first < keys; first += KEYS) {
    let key = first + lane;
    var own = -3.0e38f;
    if (key < keys && key >= seen) {
      own = score(key * ROW + kv_head * COLUMNS);
    }
    partial[lane] = own;
    workgroupBarrier();
    for (var width = KEYS / 2u; width > 0u; width /= 2u) {
      if (lane < width) {
        partial[lane] = max(partial[lane], partial[lane + width]);
      }
      workgroupBarrier();
    }
    let m = max(top, partial[0]);
    let keep = exp(top - m);
    top = m;
    let weight = select(0.0f, exp(own - m), key < keys && key >= seen);
    weights[lane] = weight;
    sum = sum * keep + weight;
    workgroupBarrier();
    for (var i = 0u; i < OWN; i++) {
      let d = lane + i * KEYS;
      if (d < COLUMNS) {
        var part = acc[i] * keep;
        for (var j = first; j < min(first + KEYS, keys); j += 8u) {
          part += weighted(j, (kv_head + KV_HEADS) * COLUMNS + d);
        }
        acc[i] = part;
      }
    }
    // The next keys' weights must not overtake these.
    workgroupBarrier();
  }
  partial[lane] = sum;
  workgroupBarrier();
  for (var width = KEYS / 2u; width > 0u; width /= 2u) {
    if (lane < width) {
      partial[lane] += partial[lane + width];
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < OWN; i++) {
    let d = lane + i * KEYS;
    if (d < COLUMNS) {
//@ if TOUCH
      // No element is so large: only no compiler knows.
      o[index * COLUMNS + d] = acc[i] / (partial[0] + select(0.0f, 1.0f, touched > 3.0e38f));
//@ else
      o[index * COLUMNS + d] = acc[i] / partial[0];
//@ end
    }
  }
}
