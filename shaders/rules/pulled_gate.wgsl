// Takes a multiplier dm of m = a u, a = g sigmoid(k(g)), back to the halves of rows [g | u]; k(g) = g, or with GELU 2
// sqrt(2 / pi) (g + 0.044715 g^3).
// PAIRED: rows of the starts and, as many further, of the ends: [dm early(u0, u1) da / dg | dm late(a0, a1)], da / dg =
//         mean of s + mean of g * ds / dg between the two
// else:   [dm u s / 2 | dm g s / 2]
struct Params {
  rows: u32, // of dm
}
@group(0) @binding(0) var<storage, read> gate_up: array<Vec>; // [rows, 2 F], or with PAIRED [2 rows, 2 F]
@group(0) @binding(1) var<storage, read> dm: array<Vec>; // [rows, F]
@group(0) @binding(2) var<storage, read_write> y: array<Vec>; // [rows, 2 F]
@group(0) @binding(3) var<uniform> params: Params;

const VECS: u32 = F / WIDTH;

fn argument(g: Vec) -> Vec {
//@ if GELU
  return 1.5957691216f * g * (1.0f + 0.044715f * g * g);
//@ else
  return g;
//@ end
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * VECS) {
    return;
  }
  let gate = index / VECS * 2u * VECS + index % VECS;
  let g0 = gate_up[gate];
  let u0 = gate_up[gate + VECS];
  let k0 = argument(g0);
  let s0 = sigmoid(k0);
//@ if PAIRED
  let ahead = params.rows * 2u * VECS;
  let g1 = gate_up[gate + ahead];
  let u1 = gate_up[gate + ahead + VECS];
  let k1 = argument(g1);
  let s1 = sigmoid(k1);
//@   if GELU
  let between = 1.5957691216f * (1.0f + 0.044715f * (g0 * g0 + g0 * g1 + g1 * g1)) * sigmoid_slope(k0, k1);
//@   else
  let between = sigmoid_slope(k0, k1);
//@   end
  let slope = 0.5f * ((s0 + s1) + (g0 + g1) * between);
  y[gate] = dm[index] * early(u0, u1) * slope;
  y[gate + VECS] = dm[index] * late(g0 * s0, g1 * s1);
//@ else
  let share = 0.5f * dm[index] * s0;
  y[gate] = share * u0;
  y[gate + VECS] = share * g0;
//@ end
}
