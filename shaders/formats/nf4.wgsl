// bitsandbytes' NF4 code book as a tree of selects: exact, and faster than a table on every adapter tried.
fn nf4_value(code: u32) -> f32 {
  let b0 = (code & 1u) != 0u;
  let b1 = (code & 2u) != 0u;
  let b2 = (code & 4u) != 0u;
  let low = select(
    select(select(-1.0f, -0.6961928009986877f, b0), select(-0.5250730514526367f, -0.39491748809814453f, b0), b1),
    select(select(-0.28444138169288635f, -0.18477343022823334f, b0), select(-0.09105003625154495f, 0.0f, b0), b1),
    b2);
  let high = select(
    select(
      select(0.07958029955625534f, 0.16093020141124725f, b0),
      select(0.24611230194568634f, 0.33791524171829224f, b0), b1),
    select(select(0.44070982933044434f, 0.5626170039176941f, b0), select(0.7229568362236023f, 1.0f, b0), b1),
    b2);
  return select(low, high, (code & 8u) != 0u);
}

// Element e of a packed word: element 2i is the high nibble of byte i, element 2i+1 the low one.
fn nf4_code(word: u32, e: u32) -> u32 {
  return (word >> ((e ^ 1u) * 4u)) & 15u;
}
