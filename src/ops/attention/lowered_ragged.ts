import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { ELEMENT_TYPES } from "../../onnx/onnx_model.ts";
import { type LoweringContext, matrix } from "../op.ts";
import { LAYOUT_HEAD, type QueryAttributes, roomOf, sizesOf } from "./attention_layout.ts";
import { logSums, queryBlocks } from "./lowered_attention.ts";
import { and, biasWhere, joinHeads, lowerScores, range, splitHeads } from "./lowered_scores.ts";

// Positions of a sequence from which on sequences pass one by one: together they would take too much memory.
const LONG = 512;

/** `attention` of a ragged batch. */
export function lowerRaggedAttention(context: LoweringContext<QueryAttributes>): Tensor[] {
  const { attributes, g, inputs: [rows, layout], inputTypes } = context;
  const { heads, headSize, sequences: B, shared: P, queries } = attributes;
  const room = roomOf(attributes, inputTypes[1]);
  const { R } = sizesOf("attention", attributes, inputTypes[0], inputTypes[1]);
  const table = g.node("Cast", [layout], { to: ELEMENT_TYPES.i64 });
  const alone = room > LONG;
  const groups = alone
    ? Array.from({ length: B }, (_, b) => g.node("Slice", [table, g.sizes(b), g.sizes(b + 1), g.ints(0)]))
    : [table];
  // A single sequence has all rows; of several none has many, as their rows are bounded together.
  const blocks = alone && B === 1 && queries === null ? queryBlocks({}, 0, R) : [null];
  const parts = groups.flatMap((group) =>
    blocks.map((block) => lowerPart(g, attributes, { rows, shared: P, own: R, room, group, block }))
  );
  const join = (all: readonly Tensor[]) => all.length === 1 ? all[0] : g.node("Concat", all, { axis: 0 });
  return [heads * headSize, heads].map((width, i) => {
    const found = join(parts.map((part) => g.node("Reshape", [part.outputs[i], g.ints(-1, width)])));
    if (queries !== null) return found;
    // Queries behind the end of a sequence go to a row that is cut off.
    const empty = g.node("Expand", [g.scalar(0), g.sizes(R + 1, width)]);
    const placed = g.node("ScatterND", [empty, join(parts.map((part) => part.outRows)), found]);
    return g.node("Slice", [placed, g.ints(0), g.sizes(R), g.ints(0)]);
  });
}

/** Some sequences of a batch, and some of their queries. */
interface RaggedInputs {
  /** Queries, keys and values of all rows, of which `shared` stand before the `own` of the sequences. */
  readonly rows: Tensor;
  readonly shared: number;
  readonly own: number;
  /** Most positions of a sequence. */
  readonly room: number;
  /** Rows of the layout, int64. */
  readonly group: Tensor;
  /** Numbers of the queries; null for all. */
  readonly block: { readonly first: number; readonly end: number } | null;
}

/** Outputs of some sequences, and the row of o of each query [B n, 1]. */
interface RaggedPart {
  readonly outputs: readonly [o: Tensor, lse: Tensor];
  readonly outRows: Tensor;
}

function lowerPart(
  g: OnnxEmitter,
  attributes: QueryAttributes,
  { rows, shared: P, own: R, room, group, block }: RaggedInputs,
): RaggedPart {
  const { heads, kvHeads, headSize, queries, window, gapped = false } = attributes;
  const columns = (x: Tensor, first: Tensor, end: Tensor, axis = 1) => g.node("Slice", [x, first, end, g.ints(axis)]);
  const field = (i: number) => columns(group, g.ints(i), g.ints(i + 1));
  const [own, length, unseen] = [field(0), field(1), field(2)];
  const rowOf = columns(group, g.ints(LAYOUT_HEAD), g.sizes(LAYOUT_HEAD + room));
  const standing = gapped ? columns(group, g.sizes(LAYOUT_HEAD + room), g.sizes(LAYOUT_HEAD + 2 * room)) : null;
  const most = g.node("ReduceMax", [g.node("Sub", [length, own])], { keepdims: 0 });
  const numbers = block !== null
    ? range(g, g.size(block.first), g.size(block.end))
    : range(g, g.int(0), queries === null ? most : g.size(queries));
  const start = queries === null ? own : g.node("Sub", [length, g.size(queries)]);
  const places = g.node("Add", [start, numbers]);
  const inside = g.node("Less", [places, length]);
  const taken = g.node("Min", [places, g.size(room - 1)]);
  const queryRows = g.node("GatherElements", [rowOf, taken], { axis: 1 });
  const part = (first: number, count: number, at: Tensor) => {
    const own = columns(rows, g.ints(first * headSize), g.ints((first + count) * headSize));
    return g.node("Gather", [own, at]);
  };
  const q = splitHeads(g, part(0, heads, queryRows), attributes, heads / kvHeads);
  const [k, v] = [heads, heads + kvHeads].map((first) => splitHeads(g, part(first, kvHeads, rowOf), attributes, 1));
  const keys = range(g, g.int(0), g.size(room));
  const at = g.node("Unsqueeze", [taken, g.ints(2)]);
  const behind = g.node("LessOrEqual", [keys, at]);
  const seen = g.node("Not", [g.node("Equal", [keys, g.node("Unsqueeze", [unseen, g.ints(2)])])]);
  const itself = g.node("Equal", [keys, at]);
  const sees = g.node("And", [behind, g.node("Or", [seen, itself])]);
  const stands = standing === null ? { query: at, key: keys } : {
    query: g.node("Unsqueeze", [g.node("GatherElements", [standing, taken], { axis: 1 }), g.ints(2)]),
    key: g.node("Unsqueeze", [standing, g.ints(1)]),
  };
  const near = window === undefined ? null : g.node("Less", [g.node("Sub", [stands.query, stands.key]), g.int(window)]);
  const bias = biasWhere(g, and(g, sees, near));
  // One bias for all heads of a sequence.
  const scores = lowerScores(g, attributes, { q, k, bias: g.node("Unsqueeze", [bias, g.ints(1, 2)]) });
  const o = joinHeads(g, g.node("MatMul", [scores.probabilities, v]), attributes, heads / kvHeads);
  const outRows = g.node("Where", [inside, g.node("Sub", [queryRows, g.size(P)]), g.size(R)]);
  return {
    outputs: [o, logSums(g, attributes, scores.masked)],
    outRows: g.node("Reshape", [outRows, g.ints(-1, 1)]),
  };
}

/** Elements of the scores of a ragged batch, about. */
export function raggedElements(
  attributes: QueryAttributes,
  [rows, layout]: LoweringContext<QueryAttributes>["inputTypes"],
): number {
  const room = roomOf(attributes, layout);
  const own = matrix(rows).rows - attributes.shared;
  const queries = attributes.queries ?? Math.min(own, room);
  const sequences = room > LONG ? 1 : attributes.sequences;
  return 4 * sequences * attributes.heads * Math.min(queries, LONG) * room;
}
