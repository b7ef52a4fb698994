import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { elements, type ValueType } from "../../src/ops/op.ts";
import type { AttributesOf, OpName } from "../../src/ops/op_table.ts";
import { randomValues } from "./random.ts";

/** One op with its sizes and weights. */
export interface OpCase<N extends OpName = OpName> {
  readonly title: string;
  readonly op: N;
  readonly attributes: AttributesOf<N>;
  readonly inputs: readonly ValueType[];
  readonly weights?: Readonly<Record<string, readonly [rows: number, columns: number]>>;
  /** Data in place of random values, by input index. */
  readonly data?: Readonly<Record<number, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>>;
}

/** Types a case's attributes by its op. */
export function opCase<N extends OpName>(value: OpCase<N>): OpCase {
  return value as unknown as OpCase;
}

/** Uploads f32 weights, random but the same for every executor. */
export async function uploadWeights(executor: Executor, weights: OpCase["weights"] = {}): Promise<void> {
  let seed = 1000;
  for (const [name, [rows, columns]] of Object.entries(weights)) {
    const data = new Uint8Array(randomValues(rows * columns, seed++).buffer);
    await executor.upload({ name, rows, columns }, [{ format: "f32", rows, data }]);
  }
}

/** The case's input data: random f32 values, targets below 5 for u32. */
export function inputData({ inputs, data }: OpCase) {
  return Object.fromEntries(inputs.map((type, i) => {
    const values = data?.[i] ??
      (type.dtype === "u32"
        ? Uint32Array.from({ length: elements(type) }, (_, k) => (3 * k + 1) % 5)
        : randomValues(elements(type), i + 1));
    return [`in${i}`, values];
  }));
}

/** Outputs of the op alone on one executor. */
export async function runOp(executor: Executor, one: OpCase): Promise<Float64Array[]> {
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const outputs = g.emit(one.op, one.attributes as never, inputs);
  await uploadWeights(executor, one.weights);
  const program = await executor.compile(g.finish({ outputs }));
  return [...(await program.run(inputData(one))).outputs.outputs];
}
