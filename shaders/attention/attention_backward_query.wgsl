// dq_i = sum_{j <= i} dS_ij k_j, dS_ij = SCALE P_ij (do_i . v_j - delta_i), delta_i = do_i . o_i. A workgroup owns TILE
// positions of one head and writes their part of dqkv, zero if there is no query; it keeps delta for the keys' and
// values' kernel.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW]
@group(0) @binding(1) var<storage, read> o: array<Vec>; // [B, N, HEADS COLUMNS]
@group(0) @binding(2) var<storage, read> lse: array<f32>; // [B, N, HEADS]
@group(0) @binding(3) var<storage, read> output_gradient: array<Vec>; // [B, n, HEADS COLUMNS], the first n <= N
@group(0) @binding(4) var<storage, read_write> delta: array<f32>; // [B, n, HEADS]
@group(0) @binding(5) var<storage, read_write> dqkv: array<Vec>; // [P + B s, ROW], the first s = S - N + n
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> ds: array<vec4f, TILE * STRIDE>; // [query, key / 4]
var<workgroup> row_delta: array<f32, TILE>;
var<workgroup> row_lse: array<f32, TILE>;

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
  if (row$m < TILE && position$m <= last && position$m >= place.first_query) {
    let row = place.gradients + position$m;
    let at = output_at(row, place.head);
    let outcome = output_at(place.queries + position$m, place.head);
    var sum = Vec();
    for (var c = 0u; c < COLUMNS; c++) {
      sum = fma(output_gradient[at + c], o[outcome + c], sum);
    }
    let own = dot(sum, Vec(1.0f));
    delta[row * HEADS + place.head] = own;
    row_delta[row$m] = own;
    row_lse[row$m] = lse[(place.queries + position$m) * HEADS + place.head];
  }
//@ end
  workgroupBarrier();
//@ if SHARED
//@   for g in EIGHTS
  let own_q$g = query_at(row_of(place, min(query + 8u * $gu + across % SPAN, last)), place.head);
  let own$g = clamp(query + 8u * $gu + across % SPAN, place.first_query, last);
  let own_g$g = output_at(place.gradients + own$g, place.head);
//@   end
//@ end
//@ for i in ROWS
  let q$i = query_at(row_of(place, min(query + $iu, last)), place.head);
  let g$i = output_at(place.gradients + clamp(query + $iu, place.first_query, last), place.head);
//@   for c in PART
  var sum$i_$c = Vec();
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
      let v$j = value_at(row_of(place, min(key + $ju, last)), kv_head);
//@   for i in ROWS
      var s$i_$j = 0.0f;
      var d$i_$j = 0.0f;
//@   end
//@ end
//@ use products: s; qkv[own_q$g + c]; qkv[q$i + c]; qkv[k$j + c]
//@ use products: d; output_gradient[own_g$g + c]; output_gradient[g$i + c]; qkv[v$j + c]
      let keys = key + vec4<u32>(0u, 1u, 2u, 3u);
//@ for i in ROWS
      let z$i = scores_of(vec4f(s$i_0, s$i_1, s$i_2, s$i_3));
      let p$i = exp(z$i - row_lse[down + $iu]);
//@   if CAPPED
      let slope$i = slopes_of(z$i);
//@   else
      let slope$i = SCALE;
//@   end
      let ds$i = slope$i * p$i * (vec4f(d$i_0, d$i_1, d$i_2, d$i_3) - row_delta[down + $iu]);
      ds[(down + $iu) * STRIDE + across] = select(ds$i, vec4f(), hidden(vec4<u32>(query + $iu), keys));
//@ end
    }
    workgroupBarrier();
    if (works) {
      let fours = min(ACROSS, (query + ROWS - 1u - tile) / 4u + 1u);
      for (var f = 0u; f < fours; f++) {
//@ use own_fours: w; ds
//@ for i in ROWS
//@   use fours_of_row: w; ds
//@ end
//@ for j in 4
        let k$j = key_at(row_of(place, min(tile + 4u * f + $ju, last)), kv_head);
//@   for c in PART
        let k$j_$c = qkv[k$j + column$c];
//@     for i in ROWS
        sum$i_$c = fma(Vec(w$i[$j]), k$j_$c, sum$i_$c);
//@     end
//@   end
//@ end
      }
    }
    workgroupBarrier();
  }
//@ for i in ROWS
  if (writes_result(place, query + $iu)) {
    let result = query_at(place.results + query + $iu, place.head);
//@   for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      dqkv[result + column$c] = select(sum$i_$c, Vec(), query + $iu < place.first_query);
    }
//@   end
  }
//@ end
}
