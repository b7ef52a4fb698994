// What the attention kernels share. Rows of `qkv` are [HEADS queries | KV_HEADS keys | KV_HEADS values] of HEAD elements
// each, read as vectors `Vec` of WIDTH elements. A workgroup works on tiles of TILE x TILE pairs of a query and a key.
// A thread has ROWS rows of the tile: first 4 columns of them, as products of rows, then every eighth Vec of the rows'
// results. What it found of the pairs passes from one to the other through workgroup memory, 4 columns a vec4f.
// With subgroups (SHARED) the eight threads that share rows load one each and shuffle; otherwise (ALONE) each loads all.
// Threads are then numbered by subgroup and lane, whatever the size, so that eight in a row are lanes of one subgroup.
const TILE: u32 = 32u;
const ACROSS: u32 = TILE / 4u; // threads that share rows
const LANES: u32 = ACROSS * TILE / ROWS;
const STRIDE: u32 = ACROSS + 1u; // vec4f a row in workgroup memory: one more, so that rows lie in different banks
const COLUMNS: u32 = HEAD / WIDTH; // Vecs of a head
const ROW: u32 = (HEADS + 2u * KV_HEADS) * COLUMNS;

struct Params {
  sequences: u32, // B
  length: u32, // S
  first_query: u32, // F: position of the first query of each sequence; there are N = S - F
  // Query heads of each group; of the keys' and values' kernel alone.
  first_member: u32,
  end_member: u32,
}

// What a workgroup works on.
struct Place {
  valid: bool,
  first: u32, // position of the tile's first row
  head: u32,
  sequence: u32, // row of the sequence's first position
  queries: u32, // row of that position among rows that only queries have, before the first (wrapping) where F > 0
}

// The workgroup's tile of one of `heads` heads, of the tiles from `start` on; tiles lie at multiples of TILE whatever
// the first query, so that a row has the same bits. What takes longest starts first: `late` for tiles from the end.
fn place_of(group: vec3<u32>, groups: vec3<u32>, heads: u32, params: Params, start: u32, late: bool) -> Place {
  let tiles = (params.length + TILE - 1u) / TILE - start;
  let index = group.y * groups.x + group.x;
  let pair = index % (heads * params.sequences);
  let tile = index / (heads * params.sequences);
  let first = (start + select(tile, tiles - 1u - tile, late)) * TILE;
  let sequence = pair / heads;
  let queries = sequence * (params.length - params.first_query) - params.first_query;
  return Place(tile < tiles, first, pair % heads, sequence * params.length, queries);
}

fn query_at(row: u32, head: u32) -> u32 {
  return row * ROW + head * COLUMNS;
}

fn key_at(row: u32, kv_head: u32) -> u32 {
  return row * ROW + (HEADS + kv_head) * COLUMNS;
}

fn value_at(row: u32, kv_head: u32) -> u32 {
  return row * ROW + (HEADS + KV_HEADS + kv_head) * COLUMNS;
}

fn output_at(row: u32, head: u32) -> u32 {
  return (row * HEADS + head) * COLUMNS;
}
