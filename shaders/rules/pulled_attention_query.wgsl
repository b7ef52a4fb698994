// With SUMS: of each query <l, mP> / sum(l) and the factor of l, over all keys that it sees, l the weights of the keys
// and mP_ij = m_i . early(v_j). Else m_q: mq_i = sum_{j <= i} mz_ij early(k_j), mz_ij = slope factor l_ij (mP_ij - <l,
// mP> / sum(l)), zero if there is no query. A workgroup owns TILE positions of one head.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW], or with PAIRED 2B
@group(0) @binding(1) var<storage, read> lse: array<f32>; // [B, N, HEADS], or with PAIRED 2B
@group(0) @binding(2) var<storage, read> multiplier: array<Vec>; // [B, n, HEADS COLUMNS], the first n <= N
@group(0) @binding(3) var<storage, read_write> sums: array<vec2f>; // [B, n, HEADS]
//@ if SUMS
//@ else
@group(0) @binding(4) var<storage, read_write> result: array<Vec>; // [P + B s, ROW], the first s = S - N + n
//@ end
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> row_logs: array<vec2f, TILE>; // lse of each query at the start and at the end
//@ if SUMS
var<workgroup> parts: array<vec2f, TILE * ACROSS>; // sums of l and of l mP, [query, thread]
//@ else
var<workgroup> row_sums: array<vec2f, TILE>;
var<workgroup> mz: array<vec4f, TILE * STRIDE>; // [query, key / 4]
//@ end

//@ if SHARED
// The eight threads that shuffle branch and loop alike; those of other eights in their subgroup need not.
@diagnostic(off, subgroup_uniformity)
//@ end
@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
//@ if SHARED
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) subgroup_size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
//@ else
  @builtin(local_invocation_index) thread: u32,
//@ end
) {
//@ if SHARED
  let thread = subgroup * subgroup_size + lane;
  let eight = lane - lane % 8u;
//@ end
  let place = place_of(group, groups, HEADS, params, 0u, true);
  if (!has_results(place)) {
    return;
  }
  let ending = ending_of(place, params);
  let kv_head = place.head / (HEADS / KV_HEADS);
  let last = place.last;
  let across = thread % ACROSS;
  let down = ROWS * (thread / ACROSS);
  let query = place.first + down;
  // True if any of the thread's rows is a query.
  let works = query <= last && query + ROWS > place.first_query;
//@ for m in REDUCED
  let row$m = thread + LANES * $mu;
  let position$m = place.first + row$m;
  let reduces$m = row$m < TILE && position$m <= last && position$m >= place.first_query;
  if (reduces$m) {
    let start = lse[(place.queries + position$m) * HEADS + place.head];
    row_logs[row$m] = vec2f(start, lse[(ending.queries + position$m) * HEADS + place.head]);
//@   if SUMS
//@   else
    row_sums[row$m] = sums[(place.gradients + position$m) * HEADS + place.head];
//@   end
  }
//@ end
  workgroupBarrier();
//@ if SHARED
//@   for g in EIGHTS
  let position_of$g = min(query + 8u * $gu + across % SPAN, last);
  let own_q$g = query_at(row_of(place, position_of$g), place.head);
  let own_e$g = query_at(row_of(ending, position_of$g), place.head);
  let own_m$g = output_at(place.gradients + max(position_of$g, place.first_query), place.head);
//@   end
//@ end
//@ for i in ROWS
  let q$i = query_at(row_of(place, min(query + $iu, last)), place.head);
  let e$i = query_at(row_of(ending, min(query + $iu, last)), place.head);
  let m$i = output_at(place.gradients + clamp(query + $iu, place.first_query, last), place.head);
//@   if SUMS
  var weights$i = vec4f();
  var weighted$i = vec4f();
//@   else
//@     for c in PART
  var sum$i_$c = Vec();
//@     end
//@   end
//@ end
//@ for c in PART
  let column$c = min(across + ACROSS * $cu, COLUMNS - 1u);
//@ end
  for (var tile = first_tile(place); tile <= place.first; tile += TILE) {
    if (works) {
      let key = tile + 4u * across;
//@ for j in 4
      let k$j = key_at(row_of(place, min(key + $ju, last)), kv_head);
      let f$j = key_at(row_of(ending, min(key + $ju, last)), kv_head);
      let v$j = value_at(row_of(place, min(key + $ju, last)), kv_head);
      let w$j = value_at(row_of(ending, min(key + $ju, last)), kv_head);
//@   for i in ROWS
      var s$i_$j = 0.0f;
      var t$i_$j = 0.0f;
      var d$i_$j = 0.0f;
//@   end
//@ end
//@ use products: s; qkv[own_q$g + c]; qkv[q$i + c]; qkv[k$j + c]
//@ if PAIRED
//@   use products: t; qkv[own_e$g + c]; qkv[e$i + c]; qkv[f$j + c]
//@ end
//@ use products: d; multiplier[own_m$g + c]; multiplier[m$i + c]; early(qkv[v$j + c], qkv[w$j + c])
      let keys = key + vec4<u32>(0u, 1u, 2u, 3u);
//@ for i in ROWS
      let x$i = vec4f(s$i_0, s$i_1, s$i_2, s$i_3);
      let y$i = vec4f(t$i_0, t$i_1, t$i_2, t$i_3);
      let free$i = vec4f(d$i_0, d$i_1, d$i_2, d$i_3);
      let logs$i = row_logs[down + $iu];
      let seen$i = weights_of(scores_of(x$i) - logs$i.x, scores_of(y$i) - logs$i.y);
      let l$i = select(seen$i, vec4f(), hidden(vec4<u32>(query + $iu), keys));
//@   if SUMS
      weights$i += l$i;
      weighted$i = fma(l$i, free$i, weighted$i);
//@   else
      let own_sums$i = row_sums[down + $iu];
      mz[(down + $iu) * STRIDE + across] =
        slopes_between(x$i, y$i) * own_sums$i.y * l$i * (free$i - own_sums$i.x);
//@   end
//@ end
    }
//@ if SUMS
//@ else
    workgroupBarrier();
    if (works) {
      let fours = min(ACROSS, (query + ROWS - 1u - tile) / 4u + 1u);
      for (var f = 0u; f < fours; f++) {
//@ use own_fours: u; mz
//@ for i in ROWS
//@   use fours_of_row: u; mz
//@ end
//@ for j in 4
        let k$j = key_at(row_of(place, min(tile + 4u * f + $ju, last)), kv_head);
        let f$j = key_at(row_of(ending, min(tile + 4u * f + $ju, last)), kv_head);
//@   for c in PART
        let k$j_$c = early(qkv[k$j + column$c], qkv[f$j + column$c]);
//@     for i in ROWS
        sum$i_$c = fma(Vec(u$i[$j]), k$j_$c, sum$i_$c);
//@     end
//@   end
//@ end
      }
    }
    workgroupBarrier();
//@ end
  }
//@ if SUMS
//@   for i in ROWS
  parts[(down + $iu) * ACROSS + across] = vec2f(dot(weights$i, vec4f(1.0f)), dot(weighted$i, vec4f(1.0f)));
//@   end
  workgroupBarrier();
//@   for m in REDUCED
  if (reduces$m) {
    var whole = vec2f();
//@     for f in 8
    whole += parts[row$m * ACROSS + $fu];
//@     end
//@     if PAIRED
    let factor = 1.0f;
//@     else
    let factor = 1.0f / whole.x;
//@     end
    sums[(place.gradients + position$m) * HEADS + place.head] = vec2f(whole.y / whole.x, factor);
  }
//@   end
//@ else
//@   for i in ROWS
  if (writes_result(place, query + $iu)) {
    let at = query_at(place.results + query + $iu, place.head);
//@     for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      result[at + column$c] = select(sum$i_$c, Vec(), query + $iu < place.first_query);
    }
//@     end
  }
//@   end
//@ end
}
