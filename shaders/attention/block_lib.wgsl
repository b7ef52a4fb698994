// Functions that the kernels of attention by blocks share. A block is BLOCK queries of the heads that share one key
// and value; their scores are in memory, [member, query, key]. A subgroup has ROWS = 8 GROUPS rows of a tile with 64
// columns; of what rows it loads, each of its eight lanes holds one row in eight, and broadcasts. Keys and values come
// from uniform buffers, a CHUNK of 64 KiB at a time: software loads from these without a loop over the lanes.
const ROWS: u32 = 8u * GROUPS;
const COLUMNS: u32 = HEAD / 4u; // vec4f of a head
const HALVES: u32 = HEAD / 64u; // parts of 64 columns
const ROW: u32 = (HEADS + 2u * KV_HEADS) * COLUMNS;
const CHUNK: u32 = 4096u;
const MASKED: f32 = -3.0e38f;

struct Params {
  shared_rows: u32, // P: positions before this one lie at rows of the same number
  own: u32, // row of position 0 of the sequence, were it its own
  last: u32, // its last position
  first_query: u32, // position of its first query
  queries: u32, // row of position 0 in o and lse
  gradients: u32, // row of position 0 in the gradient of o
  results: u32, // row of position 0 in the gradient of qkv
  room: u32, // positions that scratch buffers have room for, a multiple of 256
  block: u32, // position of the block's first query
  first: u32, // position of the first row of the first tile
  tiles: u32, // tiles of rows
  head: u32, // the first query head
  members: u32, // query heads
  chunk: u32, // position of the chunk's first row
  half: u32, // of the columns
  column: u32, // vec4f of a result's row before the first head's
  window: u32, // positions that a query sees; 2^31 for all
}

// The part of the work that a workgroup does.
struct Place {
  part: u32,
  member: u32,
  row: u32, // position of the first row
}

// The longest tiles alternate with the shortest, as software deals workgroups out by number.
fn place_of(group: u32, parts: u32, params: Params) -> Place {
  let tile = group / (parts * params.members);
  let even = select(params.tiles - 1u - tile / 2u, tile / 2u, tile % 2u == 0u);
  return Place(group % parts, group / parts % params.members, params.first + even * ROWS);
}

// The first and the last tile of 64 keys that a tile of queries sees, or the tile beside it in 32.
fn first_tile(query: u32) -> u32 {
  let first = query / 32u * 32u;
  return select(0u, (first + 1u - params.window) / 64u, first >= params.window);
}

fn last_tile(query: u32) -> u32 {
  return (query + ROWS - 1u) / 64u;
}

// Vec4f of a row of pairs: more than its keys, so that rows start in different sets of a cache.
fn pitch_of(params: Params) -> u32 {
  return params.room / 4u + 4u;
}

// Vec4f of scores of a query, and of what is known of it, from the start of its block.
fn scores_at(place: Place, params: Params) -> u32 {
  return (place.member * BLOCK + place.row - params.block) * pitch_of(params);
}

fn states_at(place: Place, params: Params) -> u32 {
  return (place.member * BLOCK + place.row - params.block) * states_of(params);
}

// Of each query: the highest score of each tile of keys; then for each half of the columns the highest of all, and the
// sum of exp(score - highest).
fn states_of(params: Params) -> u32 {
  return params.room / 64u + 2u * HALVES;
}
