// dk_j = sum_{h in group} sum_{i >= j} dS_ij q_i, dv_j = sum_{h in group} sum_{i >= j} P_ij do_i, with dS and delta as
// in the queries' kernel. A workgroup owns TILE keys of one key/value head and writes their parts of dqkv: no atomics.
// Launches for a part of each group add to the results of the ones before them.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW]
@group(0) @binding(1) var<storage, read> lse: array<f32>; // [B, N, HEADS]
@group(0) @binding(2) var<storage, read> output_gradient: array<Vec>; // [B, n, HEADS COLUMNS], the first n <= N
@group(0) @binding(3) var<storage, read> delta: array<f32>; // [B, n, HEADS]
@group(0) @binding(4) var<storage, read_write> dqkv: array<Vec>; // [P + B s, ROW], the first s = S - N + n
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> p: array<vec4f, TILE * STRIDE>; // [key, query / 4]
var<workgroup> ds: array<vec4f, TILE * STRIDE>; // [key, query / 4]

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
  let last = place.last;
  let late = last_query(place);
  let across = thread % ACROSS;
  let down = ROWS * (thread / ACROSS);
  let key = place.first + down;
  // True if any of the thread's rows has a gradient.
  let works = key <= last && key + ROWS > place.shared_rows;
//@ for c in PART
  let column$c = min(across + ACROSS * $cu, COLUMNS - 1u);
//@ end
//@ if SHARED
//@   for g in EIGHTS
  let own_k$g = key_at(row_of(place, min(key + 8u * $gu + across % SPAN, last)), place.head);
  let own_v$g = value_at(row_of(place, min(key + 8u * $gu + across % SPAN, last)), place.head);
//@   end
//@ end
//@ for i in ROWS
  let k$i = key_at(row_of(place, min(key + $iu, last)), place.head);
  let v$i = value_at(row_of(place, min(key + $iu, last)), place.head);
//@   for c in PART
  var dk$i_$c = Vec();
  var dv$i_$c = Vec();
  if (params.first_member > 0u) {
    dk$i_$c = dqkv[key_at(place.results + clamp(key + $iu, place.shared_rows, last), place.head) + column$c];
    dv$i_$c = dqkv[value_at(place.results + clamp(key + $iu, place.shared_rows, last), place.head) + column$c];
  }
//@   end
//@ end
  for (var member = params.first_member; member < params.end_member; member++) {
    let head = place.head * (HEADS / KV_HEADS) + member;
    for (var tile = max(place.first, place.first_query / TILE * TILE); tile <= late; tile += TILE) {
      if (works) {
        let query = tile + 4u * across;
//@ for j in 4
        let q$j = query_at(row_of(place, min(query + $ju, last)), head);
        let position$j = clamp(query + $ju, place.first_query, last);
        let g$j = output_at(place.gradients + position$j, head);
        let row$j = (place.queries + position$j) * HEADS + head;
        let own$j = (place.gradients + position$j) * HEADS + head;
//@   for i in ROWS
        var s$i_$j = 0.0f;
        var d$i_$j = 0.0f;
//@   end
//@ end
//@ use products: s; qkv[own_k$g + c]; qkv[k$i + c]; qkv[q$j + c]
//@ use products: d; qkv[own_v$g + c]; qkv[v$i + c]; output_gradient[g$j + c]
        let log_sums = vec4f(lse[row0], lse[row1], lse[row2], lse[row3]);
        let deltas = vec4f(delta[own0], delta[own1], delta[own2], delta[own3]);
        let queries = query + vec4<u32>(0u, 1u, 2u, 3u);
        let beyond = (queries > vec4<u32>(last)) | (queries < vec4<u32>(place.first_query));
//@ for i in ROWS
        let z$i = scores_of(vec4f(s$i_0, s$i_1, s$i_2, s$i_3));
        let p$i = select(exp(z$i - log_sums), vec4f(), beyond | hidden(queries, vec4<u32>(key + $iu)));
//@   if CAPPED
        let slope$i = slopes_of(z$i);
//@   else
        let slope$i = SCALE;
//@   end
        p[(down + $iu) * STRIDE + across] = p$i;
        ds[(down + $iu) * STRIDE + across] = slope$i * p$i * (vec4f(d$i_0, d$i_1, d$i_2, d$i_3) - deltas);
//@ end
      }
      workgroupBarrier();
      if (works) {
        // Fours of queries before the first of the thread's keys do not see it.
        let first = select(0u, down / 4u, tile == place.first);
        let end = min(ACROSS, (last - tile) / 4u + 1u);
        for (var f = first; f < end; f++) {
//@ use own_fours: u; p
//@ use own_fours: w; ds
//@ for i in ROWS
//@   use fours_of_row: u; p
//@   use fours_of_row: w; ds
//@ end
//@ for j in 4
          let position$j = tile + 4u * f + $ju;
//@   for c in PART
          let q$j_$c = qkv[query_at(row_of(place, min(position$j, last)), head) + column$c];
          let row$j_$c = place.gradients + clamp(position$j, place.first_query, last);
          let g$j_$c = output_gradient[output_at(row$j_$c, head) + column$c];
//@     for i in ROWS
          dk$i_$c = fma(Vec(w$i[$j]), q$j_$c, dk$i_$c);
          dv$i_$c = fma(Vec(u$i[$j]), g$j_$c, dv$i_$c);
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
    let dk = key_at(place.results + key + $iu, place.head);
    let dv = value_at(place.results + key + $iu, place.head);
//@   for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      dqkv[dk + column$c] = select(dk$i_$c, Vec(), shared_row);
      dqkv[dv + column$c] = select(dv$i_$c, Vec(), shared_row);
    }
//@   end
  }
//@ end
}
