// Causal grouped-query attention: o_i = sum_{j <= i} P_ij v_j, P_ij = exp(SCALE q_i . k_j - lse_i), with a running
// maximum and sum a query (online softmax). A workgroup owns TILE queries of one head. In a ragged batch each sequence
// has its rows by `places`, and may have one key that no later query sees.
@group(0) @binding(0) var<storage, read> qkv: array<Vec>; // [P + B S, ROW]
//@ if RAGGED
// [B, 3 + M]: position of the first row of a sequence's own, positions, the one unseen, and the row of qkv of each;
// GAPPED, [B, 3 + 2 M], also where each position's token stands.
@group(0) @binding(1) var<storage, read> places: array<u32>;
//@ end
@group(0) @binding(2) var<storage, read_write> o: array<Vec>; // [B, N, HEADS COLUMNS]
@group(0) @binding(3) var<storage, read_write> lse: array<f32>; // [B, N, HEADS]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> scores: array<vec4f, TILE * STRIDE>; // [query, key / 4]; then exp(score - top)
var<workgroup> factor: array<f32, TILE>; // exp(old top - new top) of each query; at the end 1 / sum

const MASKED: f32 = -3.0e38f;

//@ if RAGGED
fn ragged(even: Place) -> Place {
  var place = even;
//@   if GAPPED
  let at = place.sequence * (2u * params.length + 3u);
//@   else
  let at = place.sequence * (params.length + 3u);
//@   end
  let length = places[at + 1u];
  let own = places[at];
  place.own = at + 3u;
  place.last = length - 1u;
  if (params.queries == 0u) {
    place.first_query = own;
    place.queries = places[place.own + own] - own - params.shared_rows;
  } else {
    place.first_query = length - params.queries;
    place.queries = place.sequence * params.queries - place.first_query;
  }
  place.valid = place.valid && place.first < length && place.first + TILE > place.first_query;
  return place;
}

//@   if GAPPED
// The place of the token at a position.
fn standing(place: Place, position: u32) -> u32 {
  return places[place.own + params.length + min(position, place.last)];
}

//@   end
// Here `own` is the index in `places` of the row of the sequence's position 0.
fn row_at(place: Place, position: u32) -> u32 {
  return places[place.own + position];
}
//@ else
fn row_at(place: Place, position: u32) -> u32 {
  return row_of(place, position);
}
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
//@ if RAGGED
  let place = ragged(place_of(group, groups, HEADS, params, 0u, true));
//@ else
  let place = place_of(group, groups, HEADS, params, (params.shared_rows + params.rows - params.queries) / TILE, true);
//@ end
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
  let own_q$g = query_at(row_at(place, min(query + 8u * $gu + across % SPAN, last)), place.head);
//@   end
//@ end
//@ for i in ROWS
  let q$i = query_at(row_at(place, min(query + $iu, last)), place.head);
//@   for c in PART
  var sum$i_$c = Vec();
//@   end
//@ end
//@ for c in PART
  let column$c = min(across + ACROSS * $cu, COLUMNS - 1u);
//@ end
  // Of the queries that the thread reduces: one, or none, or every LANES-th.
//@ for m in REDUCED
  let row$m = thread + LANES * $mu;
  let reduces$m = row$m < TILE && place.first + row$m <= last && place.first + row$m >= place.first_query;
  var top$m = MASKED;
  var total$m = 0.0f;
//@ end
//@ if RAGGED
  let unseen = vec4<u32>(places[place.own - 1u]);
//@ end
  for (var tile = first_tile(place); tile <= place.first; tile += TILE) {
    if (works) {
      let key = tile + 4u * across;
//@ for j in 4
      let k$j = key_at(row_at(place, min(key + $ju, last)), kv_head);
//@   for i in ROWS
      var s$i_$j = 0.0f;
//@   end
//@ end
//@ use products: s; qkv[own_q$g + c]; qkv[q$i + c]; qkv[k$j + c]
      let keys = key + vec4<u32>(0u, 1u, 2u, 3u);
//@ if FAR
      // Tokens stand at least as far apart as their positions are.
      let low = vec2<u32>(standing(place, keys.x), standing(place, keys.y));
      let ends = params.window + vec4<u32>(low, standing(place, keys.z), standing(place, keys.w));
//@ end
//@ for i in ROWS
      let own$i = vec4<u32>(query + $iu);
//@   if RAGGED
      let hidden$i = hidden(own$i, keys) | ((keys == unseen) & (keys != own$i));
//@   else
      let hidden$i = hidden(own$i, keys);
//@   end
//@   if FAR
      let masked$i = hidden$i | (ends <= vec4<u32>(standing(place, query + $iu)));
//@   else
      let masked$i = hidden$i;
//@   end
      scores[(down + $iu) * STRIDE + across] =
        select(scores_of(vec4f(s$i_0, s$i_1, s$i_2, s$i_3)), vec4f(MASKED), masked$i);
//@ end
    }
    workgroupBarrier();
//@ for m in REDUCED
    if (reduces$m) {
      var highest = vec4f(top$m);
//@   for f in 8
      let s$f = scores[row$m * STRIDE + $fu];
      highest = max(highest, s$f);
//@   end
      let new_top = max(max(highest.x, highest.y), max(highest.z, highest.w));
      var added = vec4f();
//@   for f in 8
      let p$f = exp(s$f - new_top);
      scores[row$m * STRIDE + $fu] = p$f;
      added += p$f;
//@   end
      let keep = exp(top$m - new_top);
      factor[row$m] = keep;
      total$m = total$m * keep + (added.x + added.y) + (added.z + added.w);
      top$m = new_top;
    }
//@ end
    workgroupBarrier();
    if (works) {
//@ for i in ROWS
      let keep$i = factor[down + $iu];
//@   for c in PART
      sum$i_$c *= keep$i;
//@   end
//@ end
      // Fours of keys that the last of the thread's queries sees.
      let fours = min(ACROSS, (query + ROWS - 1u - tile) / 4u + 1u);
      for (var f = 0u; f < fours; f++) {
//@ use own_fours: p; scores
//@ for i in ROWS
//@   use fours_of_row: p; scores
//@ end
//@ for j in 4
        let v$j = value_at(row_at(place, min(tile + 4u * f + $ju, last)), kv_head);
//@   for c in PART
        let v$j_$c = qkv[v$j + column$c];
//@     for i in ROWS
        sum$i_$c = fma(Vec(p$i[$j]), v$j_$c, sum$i_$c);
//@     end
//@   end
//@ end
      }
    }
    workgroupBarrier();
  }
//@ for m in REDUCED
  if (reduces$m) {
    factor[row$m] = 1.0f / total$m;
    lse[(place.queries + place.first + row$m) * HEADS + place.head] = top$m + log(total$m);
  }
//@ end
  workgroupBarrier();
//@ for i in ROWS
  if (query + $iu <= last && query + $iu >= place.first_query) {
//@   for c in PART
    if (across + ACROSS * $cu < COLUMNS) {
      o[output_at(place.queries + query + $iu, place.head) + column$c] = sum$i_$c * factor[down + $iu];
    }
//@   end
  }
//@ end
}
