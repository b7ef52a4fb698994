// P_ij = exp(score_ij - lse_i) and its slope of a block of queries and a chunk of keys: dS_ij = slope_ij P_ij
// (do_i . v_j - delta_i), or with TANGENT P_ij ts_ij, ts_ij = slope_ij (tq_i . k_j + q_i . tk_j). A subgroup has ROWS
// queries and 64 keys; a lane has 8 of these, in two fours 32 apart.
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>; // [P + B S, ROW]
@group(0) @binding(1) var<uniform> keys: array<vec4f, CHUNK>; // [.., COLUMNS]
@group(0) @binding(2) var<uniform> values: array<vec4f, CHUNK>; // [.., COLUMNS]; TANGENT: of keys
@group(0) @binding(3) var<storage, read> lse: array<f32>; // [B, N, HEADS]
@group(0) @binding(4) var<storage, read> direction: array<vec4f>; // do [B, n, HEADS COLUMNS]; TANGENT: of qkv
//@ if TANGENT
//@ else
@group(0) @binding(5) var<storage, read> delta: array<f32>; // [B, n, HEADS]
//@ end
@group(0) @binding(6) var<storage, read_write> p: array<vec4f>; // [members, BLOCK, pitch]
@group(0) @binding(7) var<storage, read_write> ds: array<vec4f>; // [members, BLOCK, pitch]
@group(0) @binding(8) var<uniform> params: Params;

// Stores P and dS of a query and four keys.
fn store(at: u32, query: u32, key: u32, products: vec4f, free: vec4f, log_sum: f32) {
  let scores = scores_of(products);
  let unseen = hidden(query, key + vec4<u32>(0u, 1u, 2u, 3u)) |
    vec4<bool>(query < params.first_query || query > params.last);
  let own = select(exp(scores - log_sum), vec4f(), unseen);
//@ if CAPPED
  let slope = SCALE * soft_cap_slope(scores);
//@ else
  let slope = SCALE;
//@ end
  p[at] = own;
  ds[at] = slope * own * free;
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
  let position$g = clamp(place.row + 8u * $gu + lane, params.first_query, params.last);
  let row$g = select(params.own + position$g, position$g, position$g < params.shared_rows);
  let q$g = row$g * ROW + head * COLUMNS;
  let log_sum$g = lse[(params.queries + position$g) * HEADS + head];
//@   if TANGENT
  let g$g = q$g;
  let delta$g = 0.0f;
//@   else
  let g$g = ((params.gradients + position$g) * HEADS + head) * COLUMNS;
  let delta$g = delta[(params.gradients + position$g) * HEADS + head];
//@   end
//@   for i in 8
//@     for c in 8
  var s$g_$i_$c = 0.0f;
  var d$g_$i_$c = 0.0f;
//@     end
//@   end
//@ end
  let own = first + 4u * lane;
//@ for u in 2
//@   for j in 4
  let at$u$j = (own + 32u * $uu + $ju) * COLUMNS;
//@   end
//@ end
  for (var c = 0u; c < COLUMNS; c++) {
//@ for u in 2
//@   for j in 4
    let k$u$j = keys[at$u$j + c];
    let v$u$j = values[at$u$j + c];
//@   end
//@ end
//@ for g in GROUPS
    let a$g = qkv[q$g + c];
    let b$g = direction[g$g + c];
    add_products(
      a$g,
//@   for u in 2
//@     for j in 4
      k$u$j,
//@     end
//@   end
//@   for i in 8
//@     for c in 8
      &s$g_$i_$c,
//@     end
//@   end
    );
//@   if TANGENT
    add_products(
      b$g,
//@     for u in 2
//@       for j in 4
      k$u$j,
//@       end
//@     end
//@     for i in 8
//@       for c in 8
      &d$g_$i_$c,
//@       end
//@     end
    );
    add_products(
      a$g,
//@   else
    add_products(
      b$g,
//@   end
//@   for u in 2
//@     for j in 4
      v$u$j,
//@     end
//@   end
//@   for i in 8
//@     for c in 8
      &d$g_$i_$c,
//@     end
//@   end
    );
//@ end
  }
  let key = params.chunk + own;
  let at = scores_at(place, params) + key / 4u;
//@ for g in GROUPS
//@   for i in 8
  let log_sum$g_$i = subgroupBroadcast(log_sum$g, $iu);
  let delta$g_$i = subgroupBroadcast(delta$g, $iu);
  let at$g_$i = at + (8u * $gu + $iu) * pitch_of(params);
  store(at$g_$i, place.row + 8u * $gu + $iu, key,
    vec4f(s$g_$i_0, s$g_$i_1, s$g_$i_2, s$g_$i_3),
    vec4f(d$g_$i_0, d$g_$i_1, d$g_$i_2, d$g_$i_3) - delta$g_$i, log_sum$g_$i);
  store(at$g_$i + 8u, place.row + 8u * $gu + $iu, key + 32u,
    vec4f(s$g_$i_4, s$g_$i_5, s$g_$i_6, s$g_$i_7),
    vec4f(d$g_$i_4, d$g_$i_5, d$g_$i_6, d$g_$i_7) - delta$g_$i, log_sum$g_$i);
//@   end
//@ end
}
