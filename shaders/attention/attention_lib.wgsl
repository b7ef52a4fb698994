// Functions that the attention kernels share. Rows of `qkv` are [HEADS queries | KV_HEADS keys | KV_HEADS values] of
// HEAD elements each, read as vectors `Vec` of WIDTH elements. A workgroup works on tiles of TILE x TILE pairs of a
// query and a key. A thread has ROWS rows of the tile: first 4 columns of them, as products of rows, then every eighth
// Vec of the rows' results. What it found of the pairs passes from one to the other through workgroup memory, 4 columns
// a vec4f. If SHARED, which takes subgroups, the eight threads that share rows load one each, EIGHTS times if these
// are more than eight, and shuffle; otherwise each loads all. If there are fewer threads than rows, each has REDUCED
// of those that one thread sees to. Threads are then numbered by subgroup and lane, whatever the size, so that eight in
// a row are lanes of one subgroup.
const TILE: u32 = 32u;
const ACROSS: u32 = TILE / 4u; // threads that share rows
const LANES: u32 = ACROSS * TILE / ROWS;
const SPAN: u32 = min(ROWS, 8u); // rows of a thread that lanes load for each other at a time
const STRIDE: u32 = ACROSS + 1u; // vec4f a row in workgroup memory: one more, so that rows lie in different banks
const COLUMNS: u32 = HEAD / WIDTH; // Vecs of a head
const ROW: u32 = (HEADS + 2u * KV_HEADS) * COLUMNS;

struct Params {
  sequences: u32, // B
  shared_rows: u32, // P: rows that all sequences start with, once at the front of qkv
  rows: u32, // S: rows of each sequence behind them
  queries: u32, // N: the last rows of each that are queries, and rows of o and lse; 0 for all in a ragged batch
  length: u32, // positions of a sequence that count: P + S, or fewer if later ones have no gradient
  // Query heads of each group; of the keys' and values' kernel alone.
  first_member: u32,
  end_member: u32,
  first_group: u32, // workgroups of the launches before this one, of the same tiles
  window: u32, // positions that a query sees; 2^31 for all
}

// The part of the work that a workgroup does. Rows wrap if a position before the ones that they are for would be below
// row 0.
struct Place {
  valid: bool,
  first: u32, // position of the tile's first row
  head: u32,
  sequence: u32,
  shared_rows: u32, // positions before this one lie at rows of the same number
  own: u32, // row of position 0 of the sequence, were it its own
  last: u32, // its last position
  first_query: u32, // position of its first query
  queries: u32, // row of position 0 in o and lse
  gradients: u32, // row of position 0 in the gradient of o, which has no rows beyond the last position
  results: u32, // row of position 0 in the gradient of qkv
}

// The workgroup's tile of one of `heads` heads, of the tiles from `start` on; tiles lie at multiples of TILE whatever
// is shared and whatever the first query, so that a row has the same bits. What takes longest starts first: `late` for
// tiles from the end.
fn place_of(group: vec3<u32>, groups: vec3<u32>, heads: u32, params: Params, start: u32, late: bool) -> Place {
  let tiles = (params.length + TILE - 1u) / TILE - start;
  let index = params.first_group + group.y * groups.x + group.x;
  let pair = index % (heads * params.sequences);
  let tile = index / (heads * params.sequences);
  let first = (start + select(tile, tiles - 1u - tile, late)) * TILE;
  let sequence = pair / heads;
  let first_query = params.shared_rows + params.rows - params.queries;
  let own = sequence * params.rows;
  let queries = sequence * params.queries - first_query;
  let gradients = sequence * (params.length - first_query) - first_query;
  let results = sequence * (params.length - params.shared_rows);
  return Place(tile < tiles, first, pair % heads, sequence, params.shared_rows, own, params.length - 1u, first_query,
    queries, gradients, results);
}

fn row_of(place: Place, position: u32) -> u32 {
  return select(place.own + position, position, position < place.shared_rows);
}

// True if the workgroup has anything to write into the gradient of qkv: of the rows that sequences share it is zero, as
// these are constants, and the first sequence's workgroups write that.
fn has_results(place: Place) -> bool {
  return place.valid && (place.sequence == 0u || place.first + TILE > place.shared_rows);
}

fn writes_result(place: Place, position: u32) -> bool {
  return position <= place.last && (place.sequence == 0u || position >= place.shared_rows);
}

// Scores of four products of queries and keys.
fn scores_of(products: vec4f) -> vec4f {
//@ if CAPPED
  return soft_cap(SCALE * products);
//@ else
  return SCALE * products;
//@ end
}

//@ if CAPPED
// Their derivatives with respect to the products.
fn slopes_of(scores: vec4f) -> vec4f {
  return SCALE * soft_cap_slope(scores);
}

//@ end
// True if a query at position `query` does not see the key at position `key`.
fn hidden(query: vec4<u32>, key: vec4<u32>) -> vec4<bool> {
  return (key > query) | (key + params.window <= query);
}

// The first tile of keys that a tile of queries sees.
fn first_tile(place: Place) -> u32 {
  return select(0u, (place.first + 1u - params.window) / TILE * TILE, place.first >= params.window);
}

// The last position that sees one of a tile of keys.
fn last_query(place: Place) -> u32 {
  return min(place.last, place.first + TILE + params.window - 2u);
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

// Loads the part of what eight lanes load for each other: LOADED is that of number $g.
//@ define own NAME TYPE LOADED
//@   if SHARED
        let $NAME = array<$TYPE, EIGHTS>(
//@     for g in EIGHTS
          $LOADED,
//@     end
        );
//@   end
//@ end
// The value of row $i, from the lane that loaded it or else as LOADED.
//@ define of_row NAME LOADED
//@   if SHARED
        let $NAME$i = subgroupShuffle($NAME[$iu / 8u], eight + $iu % 8u);
//@   else
        let $NAME$i = $LOADED;
//@   end
//@ end
// The same for the pairs of rows with a four of columns that SOURCE holds in workgroup memory.
//@ define own_fours NAME SOURCE
//@   use own: $NAME; vec4f; $SOURCE[(down + 8u * $gu + across % SPAN) * STRIDE + f]
//@ end
//@ define fours_of_row NAME SOURCE
//@   use of_row: $NAME; $SOURCE[(down + $iu) * STRIDE + f]
//@ end
// Names the elements of a Vec, each once: naga's time grows with the square of what a function has of expressions.
//@ define elements_of VEC
//@   for e in WIDTH
        let $VEC_$e = $VEC[$e];
//@   end
//@ end
// Adds to SUM the products of rows, OWN for number $g or else EACH for row $i, with four columns, OTHER for column $j.
//@ define products SUM OWN EACH OTHER
      for (var c = 0u; c < COLUMNS; c++) {
//@   for j in 4
        let b$j = $OTHER;
//@     use elements_of: b$j
//@   end
//@   use own: a; Vec; $OWN
//@   for i in ROWS
//@     use of_row: a; $EACH
//@     use elements_of: a$i
//@     for j in 4
//@       for e in WIDTH
        $SUM$i_$j = fma(a$i_$e, b$j_$e, $SUM$i_$j);
//@       end
//@     end
//@   end
      }
//@ end
