// Elements one by one, for rows that are no multiple of four.
alias Vec = f32;
const WIDTH: u32 = 1u;

fn total(v: Vec) -> f32 {
  return v;
}
