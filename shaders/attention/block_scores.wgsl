// scores_ij = SCALE q_i . k_j, soft-capped and masked, of a block of queries and a chunk of keys, and the highest of
// each query among 64 keys. A subgroup has ROWS queries and 64 keys; a lane has 8 of these, in two fours 32 apart.
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>; // [P + B S, ROW]
@group(0) @binding(1) var<uniform> keys: array<vec4f, CHUNK>; // [.., COLUMNS]
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>; // [members, BLOCK, pitch]
@group(0) @binding(3) var<storage, read_write> states: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// Stores two fours of scores of a query, and returns the highest of all lanes'.
fn store(at: u32, query: u32, key: u32, low: vec4f, high: vec4f) -> f32 {
  let positions = key + vec4<u32>(0u, 1u, 2u, 3u);
  let first = select(scores_of(low), vec4f(MASKED), hidden(query, positions));
  let second = select(scores_of(high), vec4f(MASKED), hidden(query, positions + 32u));
  scores[at] = first;
  scores[at + 8u] = second;
  let highest = max(first, second);
  return subgroupMax(max(max(highest.x, highest.y), max(highest.z, highest.w)));
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let place = place_of(group.x, CHUNK / COLUMNS / 64u, params);
  let first = 64u * place.part;
  let tile = (params.chunk + first) / 64u;
  if (tile < first_tile(place.row) || tile > last_tile(place.row)) {
    return;
  }
  let head = params.head + place.member;
//@ for g in GROUPS
  let position$g = min(place.row + 8u * $gu + lane, params.last);
  let row$g = select(params.own + position$g, position$g, position$g < params.shared_rows);
  let q$g = row$g * ROW + head * COLUMNS;
//@   for i in 8
//@     for c in 8
  var sum$g_$i_$c = 0.0f;
//@     end
//@   end
//@ end
  let own = first + 4u * lane;
//@ for u in 2
//@   for j in 4
  let k$u$j = (own + 32u * $uu + $ju) * COLUMNS;
//@   end
//@ end
  for (var c = 0u; c < COLUMNS; c++) {
//@ for u in 2
//@   for j in 4
    let b$u$j = keys[k$u$j + c];
//@   end
//@ end
//@ for g in GROUPS
    add_products(
      qkv[q$g + c],
//@   for u in 2
//@     for j in 4
      b$u$j,
//@     end
//@   end
//@   for i in 8
//@     for c in 8
      &sum$g_$i_$c,
//@     end
//@   end
    );
//@ end
  }
  let key = params.chunk + own;
  let at = scores_at(place, params) + key / 4u;
  let state = states_at(place, params) + tile;
//@ for g in GROUPS
  var top$g = MASKED;
//@   for i in 8
  {
    let row = 8u * $gu + $iu;
    let low = vec4f(sum$g_$i_0, sum$g_$i_1, sum$g_$i_2, sum$g_$i_3);
    let high = vec4f(sum$g_$i_4, sum$g_$i_5, sum$g_$i_6, sum$g_$i_7);
    let highest = store(at + row * pitch_of(params), place.row + row, key, low, high);
    top$g = select(top$g, highest, lane == $iu);
  }
//@   end
  states[state + (8u * $gu + lane) * states_of(params)] = top$g;
//@ end
}
