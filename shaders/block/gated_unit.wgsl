// [g | u] are the halves of a row of 2 F values; m = g * s * u, s = sigmoid(g): the gate is silu(g) (Shazeer 2020).
// With GELU s = sigmoid(k(g)), k(g) = 2 sqrt(2 / pi) (g + 0.044715 g^3): the gate is gelu(g) by its tanh approximation.
// FORWARD:  y = m                                                    [rows, F]
// BACKWARD: given dm, y = [dm u s (1 + g k' (1 - s)) | dm g s]     [rows, 2 F]
// TANGENT:  given [tg | tu], y = tg u s (1 + g k' (1 - s)) + tu g s  [rows, F]
struct Params {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> gate_up: array<Vec>; // [rows, 2 F]
@group(0) @binding(1) var<storage, read> other: array<Vec>; // dm [rows, F] or [tg | tu]; none if FORWARD
@group(0) @binding(2) var<storage, read_write> y: array<Vec>;
@group(0) @binding(3) var<uniform> params: Params;

const VECS: u32 = F / WIDTH;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= params.rows * VECS) {
    return;
  }
  let gate = index / VECS * 2u * VECS + index % VECS;
  let g = gate_up[gate];
  let u = gate_up[gate + VECS];
//@ if GELU
  let square = 0.044715f * g * g;
  let s = 1.0f / (1.0f + exp(-1.5957691216f * g * (1.0f + square)));
  let slope = u * s * (1.0f + g * (1.5957691216f * (1.0f + 3.0f * square)) * (1.0f - s));
//@ else
  let s = 1.0f / (1.0f + exp(-g));
  let slope = u * s * (1.0f + g * (1.0f - s));
//@ end
//@ if FORWARD
  y[index] = g * s * u;
//@ end
//@ if BACKWARD
  y[gate] = other[index] * slope;
  y[gate + VECS] = other[index] * g * s;
//@ end
//@ if TANGENT
  y[index] = other[gate] * slope + other[gate + VECS] * g * s;
//@ end
}
