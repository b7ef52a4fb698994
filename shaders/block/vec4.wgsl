// Elements by fours.
alias Vec = vec4f;
const WIDTH: u32 = 4u;

fn total(v: Vec) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}
