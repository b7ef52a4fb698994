// Sums of products of a block's pairs of queries and keys with a chunk of 256 packed rows, in 64 columns; they go on
// from those of the chunk before. A subgroup has ROWS rows of the result; a lane has 8 columns of them, in a row.
// - OUTPUT: o_i = sum_j P_ij v_j, P_ij = exp(score_ij - lse_i)
// - VALUE: to_i = sum_j P_ij tv_j
// - MEAN: to_i += sum_j P_ij ts_ij v_j - mean_i o_i, mean_i = sum_j P_ij ts_ij
// - QUERY: dq_i += sum_j dS_ij k_j
// - KEY: dk_j += sum_i dS_ij q_i, dv_j += sum_i P_ij do_i; rows are keys, and the chunk's rows queries of one head
@group(0) @binding(0) var<storage, read> pairs: array<vec4f>; // [members, BLOCK, pitch]
@group(0) @binding(1) var<uniform> packed: array<vec4f, CHUNK>; // [256, 64 / 4]
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // [B, N, HEADS COLUMNS], or dqkv [P + B s, ROW]
//@ if TOTAL
@group(0) @binding(3) var<storage, read_write> states: array<f32>;
//@ end
//@ if OUTPUT
@group(0) @binding(4) var<storage, read_write> lse: array<f32>; // [B, N, HEADS]
//@ end
//@ if MEAN
@group(0) @binding(4) var<storage, read> o: array<vec4f>; // [B, N, HEADS COLUMNS]
//@ end
@group(0) @binding(5) var<uniform> params: Params;

// Adds the products of 8 rows and 8 columns at 4 positions to their sums. A function of its own, as naga's time grows
// with the square of one's length.
fn add_sums(
  own: vec4f,
//@ for j in 4
//@   for h in 2
  v$j$h: vec4f,
//@   end
//@ end
//@ for a in 2
//@   for b in 4
//@     for h in 2
//@       for e in 4
  sum$a$b_$h$e: ptr<function, f32>,
//@       end
//@     end
//@   end
//@ end
) {
//@ for j in 4
//@   for h in 2
//@     for e in 4
  let v$j$h$e = v$j$h[$e];
//@     end
//@   end
//@ end
//@ for a in 2
//@   for b in 4
//@     for j in 4
//@       if KEY
  let p$a$b_$j = subgroupBroadcast(own[$b], 4u * $a + $j);
//@       else
  let p$a$b_$j = subgroupBroadcast(own[$j], 4u * $a + $b);
//@       end
//@       for h in 2
//@         for e in 4
  *sum$a$b_$h$e = fma(p$a$b_$j, v$j$h$e, *sum$a$b_$h$e);
//@         end
//@       end
//@     end
//@   end
//@ end
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let place = place_of(group.x, 1u, params);
  let four_row = pitch_of(params);
//@ if KEY
  // Fours of queries of the chunk that see one of the keys.
  let first = max(max(place.row, params.first_query), params.chunk) / 4u;
  let last = min(min(params.chunk + 255u, params.last), place.row + ROWS + params.window - 2u) / 4u;
  if (first > last) {
    return;
  }
  let at = (lane % 4u - params.block) * four_row + place.row / 4u + lane / 4u;
//@ else
  // Fours of keys of the chunk that one of the queries sees.
  let chunk = params.chunk / 64u;
  let first_seen = first_tile(place.row);
  let last_seen = last_tile(place.row);
  if (chunk > last_seen || chunk + 3u < first_seen) {
    return;
  }
  let first = 16u * max(first_seen, chunk);
  let last = 16u * min(last_seen, chunk + 3u) + 15u;
  let at = scores_at(place, params) + lane * four_row;
//@ end
  let column = params.column + place.member * COLUMNS + 16u * params.half + 2u * lane;
//@ if TOTAL
  let ends = last_seen < chunk + 4u;
  let state = states_at(place, params) + lane * states_of(params) + params.room / 64u + 2u * params.half;
//@ end
//@ if OUTER
  let begins = first_seen >= chunk;
//@ end
//@ if OUTPUT
  let tops = states_at(place, params) + lane * states_of(params);
  let end_seen = select(0u, last_seen + 1u, begins);
//@ end
//@ for g in GROUPS
//@   if KEY
  let at$g = at + 2u * $gu;
//@   else
  let at$g = at + 8u * $gu * four_row;
//@   end
//@   if TOTAL
  let state$g = state + 8u * $gu * states_of(params);
  var total$g = vec4f();
//@   end
//@   if OUTPUT
  var top$g = select(states[state$g], MASKED, begins);
  for (var t = first_seen; t < end_seen; t++) {
    top$g = max(top$g, states[tops + 8u * $gu * states_of(params) + t]);
  }
//@   end
//@   for a in 2
//@     for b in 4
  let position$g_$a$b = place.row + 8u * $gu + 4u * $au + $bu;
//@       if OUTER
  let row$g_$a$b = params.queries + clamp(position$g_$a$b, params.first_query, params.last);
  let y$g_$a$b = row$g_$a$b * HEADS * COLUMNS + column;
//@       else
  let y$g_$a$b = (params.results + clamp(position$g_$a$b, params.shared_rows, params.last)) * ROW + column;
//@       end
//@       for h in 2
//@         if STARTS
  let before$g_$a$b_$h = select(y[y$g_$a$b + $hu], vec4f(), begins);
//@         else
  let before$g_$a$b_$h = y[y$g_$a$b + $hu];
//@         end
//@         for e in 4
  var sum$g_$a$b_$h$e = before$g_$a$b_$h[$e];
//@         end
//@       end
//@     end
//@   end
//@ end
  for (var f = first; f <= last; f++) {
    let v = (4u * f - params.chunk) * 16u + 2u * lane;
//@ for j in 4
//@   for h in 2
    let v$j$h = packed[v + 16u * $ju + $hu];
//@   end
//@ end
//@ for g in GROUPS
//@   if KEY
    let p$g = pairs[at$g + 4u * f * four_row];
//@   else
//@     if OUTPUT
    let p$g = exp(pairs[at$g + f] - top$g);
//@     else
    let p$g = pairs[at$g + f];
//@     end
//@   end
//@   if TOTAL
    total$g += p$g;
//@   end
    add_sums(
      p$g,
//@   for j in 4
//@     for h in 2
      v$j$h,
//@     end
//@   end
//@   for a in 2
//@     for b in 4
//@       for h in 2
//@         for e in 4
      &sum$g_$a$b_$h$e,
//@         end
//@       end
//@     end
//@   end
    );
//@ end
  }
//@ for g in GROUPS
//@   if TOTAL
  let before$g = select(states[state$g + 1u], 0.0f, begins);
  let all$g = before$g + ((total$g.x + total$g.y) + (total$g.z + total$g.w));
  states[state$g + 1u] = all$g;
//@   end
//@   if OUTPUT
  states[state$g] = top$g;
  let query$g = place.row + 8u * $gu + lane;
  if (ends && params.half == 0u && query$g >= params.first_query && query$g <= params.last) {
    lse[(params.queries + query$g) * HEADS + params.head + place.member] = top$g + log(all$g);
  }
  let factor$g = select(1.0f, 1.0f / all$g, ends);
//@   end
//@   if MEAN
  let mean$g = select(0.0f, all$g, ends);
//@   end
//@   for a in 2
//@     for b in 4
//@       if OUTPUT
  let factor$g_$a$b = subgroupBroadcast(factor$g, 4u * $a + $b);
//@       end
//@       if MEAN
  let mean$g_$a$b = subgroupBroadcast(mean$g, 4u * $a + $b);
//@       end
//@       if KEY
  if (position$g_$a$b >= params.shared_rows && position$g_$a$b <= params.last) {
//@       else
  if (position$g_$a$b >= params.first_query && position$g_$a$b <= params.last) {
//@       end
//@       for h in 2
    let sum$h = vec4f(sum$g_$a$b_$h0, sum$g_$a$b_$h1, sum$g_$a$b_$h2, sum$g_$a$b_$h3);
//@         if OUTPUT
    y[y$g_$a$b + $hu] = factor$g_$a$b * sum$h;
//@         else
//@           if MEAN
    y[y$g_$a$b + $hu] = sum$h - mean$g_$a$b * o[y$g_$a$b + $hu];
//@           else
    y[y$g_$a$b + $hu] = sum$h;
//@           end
//@         end
//@       end
  }
//@     end
//@   end
//@ end
}
