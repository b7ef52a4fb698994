// Copies heads of rows behind each other, [members, parts, room, width] vec4f: zeros before position `begin` and from
// `end` on.
@group(0) @binding(0) var<storage, read> rows: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;
@group(0) @binding(2) var<uniform> params: PackParams;

struct PackParams {
  shared_rows: u32, // P: positions before this one lie at rows of the same number
  own: u32, // row of position 0 of the sequence, were it its own
  begin: u32,
  end: u32,
  first: u32, // the first position that is copied
  room: u32, // positions
  members: u32, // heads
  column: u32, // vec4f of a row before the first head's
  stride: u32, // vec4f of a row
  width: u32, // vec4f of a part of a head
}

const COLUMNS: u32 = HEAD / 4u; // vec4f of a head

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * 64u + thread;
  let member = index / (params.room * COLUMNS);
  if (member >= params.members) {
    return;
  }
  let place = index / COLUMNS % params.room;
  let column = index % COLUMNS;
  let position = params.first + place;
  let inside = position >= params.begin && position < params.end;
  let row = select(params.own + position, position, position < params.shared_rows);
  let at = select(0u, row * params.stride + params.column + member * COLUMNS + column, inside);
  let part = member * (COLUMNS / params.width) + column / params.width;
  packed[(part * params.room + place) * params.width + column % params.width] = select(vec4f(), rows[at], inside);
}
