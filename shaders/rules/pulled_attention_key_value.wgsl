// mk_j = sum_{h in group} sum_{i >= j} mz_ij late(q_i), mv_j = sum_{h in group} sum_{i >= j} late(P_ij) m_i, with mz
// and sums as in the queries' kernel. A workgroup owns TILE keys of one key/value head and writes their parts of the
// result: no atomics. Launches for a part of each group add to the results of the ones before them.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW], or with PAIRED 2B
@group(0) @binding(1) var<storage, read> lse: array<f32>; // [B, N, HEADS], or with PAIRED 2B
@group(0) @binding(2) var<storage, read> multiplier: array<Vec>; // [B, n, HEADS COLUMNS], the first n <= N
@group(0) @binding(3) var<storage, read> sums: array<vec2f>; // [B, n, HEADS]
@group(0) @binding(4) var<storage, read_write> result: array<Vec>; // [P + B s, ROW], the first s = S - N + n
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> p: array<vec4f, TILE * STRIDE>; // [key, query / 4]
var<workgroup> mz: array<vec4f, TILE * STRIDE>; // [key, query / 4]

// The partner of a key's or value's change, of four probabilities.
fn late_of(start: vec4f, end: vec4f) -> vec4f {
//@ if PAIRED
//@   if ORDERED
  return end;
//@   else
  return 0.5f * (start + end);
//@   end
//@ else
  return start;
//@ end
}

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
  let place = place_of(group, groups, KV_HEADS, params, 0u, false);
  if (!has_results(place)) {
    return;
  }
  let ending = ending_of(place, params);
  let last = place.last;
  let late_row = last_query(place);
  let across = thread % ACROSS;
  let down = ROWS * (thread / ACROSS);
  let key = place.first + down;
  // True if any of the thread's rows has a result.
  let works = key <= last && key + ROWS > place.shared_rows;
//@ for c in PART
  let column$c = min(across + ACROSS * $cu, COLUMNS - 1u);
//@ end
//@ if SHARED
//@   for g in EIGHTS
  let position_of$g = min(key + 8u * $gu + across % SPAN, last);
  let own_k$g = key_at(row_of(place, position_of$g), place.head);
  let own_f$g = key_at(row_of(ending, position_of$g), place.head);
  let own_v$g = value_at(row_of(place, position_of$g), place.head);
  let own_w$g = value_at(row_of(ending, position_of$g), place.head);
//@   end
//@ end
//@ for i in ROWS
  let k$i = key_at(row_of(place, min(key + $iu, last)), place.head);
  let f$i = key_at(row_of(ending, min(key + $iu, last)), place.head);
  let v$i = value_at(row_of(place, min(key + $iu, last)), place.head);
  let w$i = value_at(row_of(ending, min(key + $iu, last)), place.head);
//@   for c in PART
  var mk$i_$c = Vec();
  var mv$i_$c = Vec();
  if (params.first_member > 0u) {
    mk$i_$c = result[key_at(place.results + clamp(key + $iu, place.shared_rows, last), place.head) + column$c];
    mv$i_$c = result[value_at(place.results + clamp(key + $iu, place.shared_rows, last), place.head) + column$c];
  }
//@   end
//@ end
  for (var member = params.first_member; member < params.end_member; member++) {
    let head = place.head * (HEADS / KV_HEADS) + member;
    for (var tile = max(place.first, place.first_query / TILE * TILE); tile <= late_row; tile += TILE) {
      if (works) {
        let query = tile + 4u * across;
//@ for j in 4
        let q$j = query_at(row_of(place, min(query + $ju, last)), head);
        let e$j = query_at(row_of(ending, min(query + $ju, last)), head);
        let position$j = clamp(query + $ju, place.first_query, last);
        let m$j = output_at(place.gradients + position$j, head);
        let row$j = (place.queries + position$j) * HEADS + head;
        let ending_row$j = (ending.queries + position$j) * HEADS + head;
        let own$j = sums[(place.gradients + position$j) * HEADS + head];
//@   for i in ROWS
        var s$i_$j = 0.0f;
        var t$i_$j = 0.0f;
        var d$i_$j = 0.0f;
//@   end
//@ end
//@ use products: s; qkv[own_k$g + c]; qkv[k$i + c]; qkv[q$j + c]
//@ if PAIRED
//@   use products: t; qkv[own_f$g + c]; qkv[f$i + c]; qkv[e$j + c]
//@ end
//@ use products: d; early(qkv[own_v$g + c], qkv[own_w$g + c]); early(qkv[v$i + c], qkv[w$i + c]); multiplier[m$j + c]
        let log_sums = vec4f(lse[row0], lse[row1], lse[row2], lse[row3]);
        let ending_sums = vec4f(lse[ending_row0], lse[ending_row1], lse[ending_row2], lse[ending_row3]);
        let means = vec4f(own0.x, own1.x, own2.x, own3.x);
        let factors = vec4f(own0.y, own1.y, own2.y, own3.y);
        let queries = query + vec4<u32>(0u, 1u, 2u, 3u);
        let beyond = (queries > vec4<u32>(last)) | (queries < vec4<u32>(place.first_query));
//@ for i in ROWS
        let x$i = vec4f(s$i_0, s$i_1, s$i_2, s$i_3);
        let y$i = vec4f(t$i_0, t$i_1, t$i_2, t$i_3);
        let free$i = vec4f(d$i_0, d$i_1, d$i_2, d$i_3);
        let first$i = scores_of(x$i) - log_sums;
        let final$i = scores_of(y$i) - ending_sums;
        let unseen$i = beyond | hidden(queries, vec4<u32>(key + $iu));
        p[(down + $iu) * STRIDE + across] = select(late_of(exp(first$i), exp(final$i)), vec4f(), unseen$i);
        let l$i = select(weights_of(first$i, final$i), vec4f(), unseen$i);
        mz[(down + $iu) * STRIDE + across] = slopes_between(x$i, y$i) * factors * l$i * (free$i - means);
//@ end
      }
      workgroupBarrier();
      if (works) {
        // Fours of queries before the first of the thread's keys do not see it.
        let first = select(0u, down / 4u, tile == place.first);
        let end = min(ACROSS, (last - tile) / 4u + 1u);
        for (var f = first; f < end; f++) {
//@ use own_fours: u; p
//@ use own_fours: w; mz
//@ for i in ROWS
//@   use fours_of_row: u; p
//@   use fours_of_row: w; mz
//@ end
//@ for j in 4
          let position$j = tile + 4u * f + $ju;
//@   for c in PART
          let at$j_$c = query_at(row_of(place, min(position$j, last)), head) + column$c;
          let q$j_$c = late(qkv[at$j_$c], qkv[query_at(row_of(ending, min(position$j, last)), head) + column$c]);
          let row$j_$c = place.gradients + clamp(position$j, place.first_query, last);
          let m$j_$c = multiplier[output_at(row$j_$c, head) + column$c];
//@     for i in ROWS
          mk$i_$c = fma(Vec(w$i[$j]), q$j_$c, mk$i_$c);
          mv$i_$c = fma(Vec(u$i[$j]), m$j_$c, mv$i_$c);
//@     end
//@   end
//@ end
        }
      }
      workgroupBarrier();
    }
  }
//@ for i in ROWS
  if (writes_result(place, key + $iu)) {
    let shared_row = key + $iu < place.shared_rows;
    let mk = key_at(place.results + key + $iu, place.head);
    let mv = value_at(place.results + key + $iu, place.head);
//@   for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      result[mk + column$c] = select(mk$i_$c, Vec(), shared_row);
      result[mv + column$c] = select(mv$i_$c, Vec(), shared_row);
    }
//@   end
  }
//@ end
}
