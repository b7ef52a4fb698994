// Sizes and places that products by tiles share. A workgroup of DOWN x ACROSS threads owns ROWS DOWN rows x COLUMNS
// ACROSS columns of the result; DEPTH terms of the sums at a time pass through workgroup memory, by fours.
const THREADS: u32 = DOWN * ACROSS;
const TILE_ROWS: u32 = ROWS * DOWN;
const TILE_COLUMNS: u32 = COLUMNS * ACROSS;
const FOURS: u32 = DEPTH / 4u; // vec4f a row of a tile

// The place of the fours of a row of a tile. Neighbouring rows keep them in another order, so that eight threads that
// read one four of as many neighbouring rows, or write as many neighbouring fours, use all 32 banks of 4 bytes once.
// It repeats after 8 rows.
fn place(row: u32, four: u32) -> u32 {
  return row * FOURS + (four ^ (row * FOURS / 8u % min(FOURS, 8u)));
}
