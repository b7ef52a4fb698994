// to_i = sum_{j <= i} P_ij (tv_j + (ts_ij - mean_i) v_j), ts_ij = SCALE (tq_i . k_j + q_i . tk_j), mean_i = sum_j P_ij
// ts_ij. A workgroup owns TILE queries of one head.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW]
@group(0) @binding(1) var<storage, read> o: array<Vec>; // [B, N, HEADS COLUMNS]
@group(0) @binding(2) var<storage, read> lse: array<f32>; // [B, N, HEADS]
@group(0) @binding(3) var<storage, read> tangent: array<Vec>; // of qkv, [P + B S, ROW]
@group(0) @binding(4) var<storage, read_write> y: array<Vec>; // [B, N, HEADS COLUMNS]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> p: array<vec4f, TILE * STRIDE>; // P, [query, key / 4]
var<workgroup> tp: array<vec4f, TILE * STRIDE>; // P ts, [query, key / 4]

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
  let place = place_of(group, groups, HEADS, params, (params.shared_rows + params.rows - params.queries) / TILE, true);
  if (!place.valid) {
    return;
  }
  let kv_head = place.head / (HEADS / KV_HEADS);
  let last = place.last;
  let across = thread % ACROSS;
  let down = ROWS * (thread / ACROSS);
  let query = place.first + down;
  // True if any of the thread's rows is a query.
  let works = query <= last && query + ROWS > place.first_query;
//@ if SHARED
//@   for g in EIGHTS
  let own_q$g = query_at(row_of(place, min(query + 8u * $gu + across % SPAN, last)), place.head);
//@   end
//@ end
//@ for i in ROWS
  let q$i = query_at(row_of(place, min(query + $iu, last)), place.head);
  let lse$i = lse[(place.queries + clamp(query + $iu, place.first_query, last)) * HEADS + place.head];
  var mean$i = vec4f();
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
//@   for i in ROWS
      var s$i_$j = 0.0f;
      var t$i_$j = 0.0f;
//@   end
//@ end
      for (var c = 0u; c < COLUMNS; c++) {
//@ for j in 4
        let b$j = qkv[k$j + c];
        let tb$j = tangent[k$j + c];
//@   use elements_of: b$j
//@   use elements_of: tb$j
//@ end
//@ use own: a; Vec; qkv[own_q$g + c]
//@ use own: ta; Vec; tangent[own_q$g + c]
//@ for i in ROWS
//@   use of_row: a; qkv[q$i + c]
//@   use of_row: ta; tangent[q$i + c]
//@   use elements_of: a$i
//@   use elements_of: ta$i
//@   for j in 4
//@     for e in WIDTH
        s$i_$j = fma(a$i_$e, b$j_$e, s$i_$j);
        t$i_$j = fma(a$i_$e, tb$j_$e, fma(ta$i_$e, b$j_$e, t$i_$j));
//@     end
//@   end
//@ end
      }
      let keys = key + vec4<u32>(0u, 1u, 2u, 3u);
//@ for i in ROWS
      let z$i = scores_of(vec4f(s$i_0, s$i_1, s$i_2, s$i_3));
      let p$i = select(exp(z$i - lse$i), vec4f(), hidden(vec4<u32>(query + $iu), keys));
//@   if CAPPED
      let slope$i = slopes_of(z$i);
//@   else
      let slope$i = SCALE;
//@   end
      p[(down + $iu) * STRIDE + across] = p$i;
      tp[(down + $iu) * STRIDE + across] = slope$i * p$i * vec4f(t$i_0, t$i_1, t$i_2, t$i_3);
//@ end
    }
    workgroupBarrier();
    if (works) {
      let fours = min(ACROSS, (query + ROWS - 1u - tile) / 4u + 1u);
      for (var f = 0u; f < fours; f++) {
//@ use own_fours: u; p
//@ use own_fours: w; tp
//@ for i in ROWS
//@   use fours_of_row: u; p
//@   use fours_of_row: w; tp
        mean$i += w$i;
//@ end
//@ for j in 4
        let v$j = value_at(row_of(place, min(tile + 4u * f + $ju, last)), kv_head);
//@   for c in PART
        let v$j_$c = qkv[v$j + column$c];
        let tv$j_$c = tangent[v$j + column$c];
//@     for i in ROWS
        sum$i_$c = fma(Vec(w$i[$j]), v$j_$c, fma(Vec(u$i[$j]), tv$j_$c, sum$i_$c));
//@     end
//@   end
//@ end
      }
    }
    workgroupBarrier();
  }
//@ for i in ROWS
  if (query + $iu <= last && query + $iu >= place.first_query) {
    let mean = (mean$i.x + mean$i.y) + (mean$i.z + mean$i.w);
    let out = output_at(place.queries + query + $iu, place.head);
//@   for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      y[out + column$c] = sum$i_$c - mean * o[out + column$c];
    }
//@   end
  }
//@ end
}
