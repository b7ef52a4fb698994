import { createCpuExecutor } from "../../../src/graph/cpu_executor.ts";
import { trace } from "../../../src/graph/graph.ts";
import type { QueryAttributes } from "../../../src/ops/attention/attention_layout.ts";
import type { ValueType } from "../../../src/ops/op.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";
import {
  type AttentionOp,
  attentionReference,
  attributesOf,
  f32,
  OP_NAMES,
  reference,
  sampleOf,
  TOLERANCE,
  typesOf,
} from "./attention_sample.ts";
import { ATTENTION_SIZES, titleOf } from "./attention_sizes.ts";

/** Runs an op alone on the CPU. */
async function run(
  op: AttentionOp,
  attributes: QueryAttributes,
  types: readonly ValueType[],
  values: readonly (Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[],
): Promise<readonly Float64Array[]> {
  const cpu = await createCpuExecutor();
  try {
    const g = trace();
    const outputs = g.emit(op, attributes, types.map((type, i) => g.input(`in${i}`, type)));
    const program = await cpu.compile(g.finish({ outputs }));
    return (await program.run(Object.fromEntries(values.map((data, i) => [`in${i}`, data])))).outputs.outputs;
  } finally {
    cpu.close();
  }
}

for (const [heads, B, S] of ATTENTION_SIZES) {
  for (const op of OP_NAMES) {
    Deno.test(`ONNX operators of ${op} match the f64 reference: ${titleOf(heads, B, S)}`, async () => {
      const sample = sampleOf(heads, B, S);
      const expected = reference(sample, op, sample.values[op]);
      const actual = await run(op, attributesOf(sample), typesOf(sample)[op].inputs, sample.values[op]);
      actual.forEach((values, i) => assertClose(values, expected[i], TOLERANCE, `output ${i}`));
    });
  }
}

/** A ragged batch: of each sequence first rows that it has in common with another, whose they are, and its own. */
interface Ragged {
  readonly title: string;
  /** P: rows before those of all sequences. */
  readonly shared: number;
  readonly sequences: readonly (readonly [common: number, other: number | null, own: number])[];
  readonly queries?: number;
  readonly window?: number;
  /** Positions whose keys are not seen, by sequence. Default: none. */
  readonly unseen?: readonly number[];
  /** Every third place is empty. */
  readonly gapped?: true;
}

const RAGGED: readonly Ragged[] = [
  {
    title: "of five sequences",
    shared: 41,
    sequences: [[0, 0, 70], [41, null, 4], [12, null, 33], [41, 2, 5], [33, null, 9]],
  },
  { title: "of the last queries", shared: 41, sequences: [[0, 0, 70], [41, null, 4], [12, 0, 33]], queries: 4 },
  { title: "of a sequence alone", shared: 0, sequences: [[0, 0, 21]] },
  { title: "with keys that are not seen", shared: 5, sequences: [[5, null, 9], [5, null, 12]], unseen: [3, 16] },
  { title: "over a window", shared: 8, sequences: [[8, null, 30], [3, null, 12]], window: 7 },
  { title: "over a window with gaps", shared: 8, sequences: [[8, null, 30], [3, null, 12]], window: 7, gapped: true },
  { title: "of a long sequence", shared: 0, sequences: [[0, 0, 700]] },
  {
    title: "of long sequences",
    shared: 500,
    sequences: [[500, null, 60], [481, null, 120], [500, 1, 3]],
    unseen: [559, 30, 503],
  },
  {
    title: "of the last queries of long sequences",
    shared: 600,
    sequences: [[600, null, 9], [590, null, 30]],
    queries: 3,
  },
];

for (const { title, shared: P, sequences, queries = null, window, unseen, gapped } of RAGGED) {
  Deno.test(`ONNX operators of a ragged attention match the f64 reference: ${title}`, async () => {
    const places: number[][] = [];
    let start = P;
    for (const [common, other, own] of sequences) {
      const before = Array.from({ length: common }, (_, i) => other === null ? i : places[other][i]);
      places.push([...before, ...Array.from({ length: own }, (_, i) => start + i)]);
      start += own;
    }
    const B = sequences.length;
    const room = Math.max(...places.map(({ length }) => length));
    const width = 3 + room * (gapped ? 2 : 1);
    const layout = new Uint32Array(B * width);
    sequences.forEach(([common], b) => {
      layout.set([common, places[b].length, unseen?.[b] ?? places[b].length, ...places[b]], b * width);
      if (gapped) layout.set(places[b].map((_, i) => Math.floor(1.5 * i)), b * width + 3 + room);
    });
    const attributes = { heads: 3, kvHeads: 1, headSize: 6, sequences: B, shared: P, queries, window, gapped };
    const rows = queries === null ? start - P : B * queries;
    const inputs: ValueType[] = [f32(start, 30), { shape: [B, width], dtype: "u32" }];
    const qkv = randomValues(start * 30, 5);
    const types = { inputs, outputs: [f32(1, rows, 18), f32(1, rows, 3)] };
    const expected = attentionReference(attributes, types, [qkv, layout]);
    const actual = await run("attention", attributes, inputs, [qkv, layout]);
    actual.forEach((values, i) => assertClose(values, expected[i], TOLERANCE, `output ${i}`));
  });
}
