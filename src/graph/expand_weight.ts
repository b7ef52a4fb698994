import { createLowerer } from "../onnx/lowering.ts";
import type { OnnxModel } from "../onnx/onnx_model.ts";
import type { WeightFormat } from "../ops/formats/format_table.ts";
import { lowerWeight } from "../ops/formats/lowered_weight.ts";
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from "./onnx_runtime.ts";

/** Tensors of rows of a stored weight. */
interface StoredTensors {
  readonly words: RuntimeTensor;
  readonly scales: RuntimeTensor | null;
  readonly table: RuntimeTensor;
}

/** Expands rows of weights that are stored in fewer bits than 32. */
interface WeightExpander {
  /** Writes the f32 values of rows of a format. */
  expand(format: WeightFormat, columns: number, stored: StoredTensors, into: RuntimeTensor): Promise<void>;
}

/** Makes an expander by the same ONNX operators that programs use. */
export function createWeightExpander(runtime: OnnxRuntime): WeightExpander {
  const sessions = new Map<string, Promise<RuntimeSession>>();
  return {
    async expand(format, columns, { words, scales, table }, into) {
      const key = `${format} ${columns}`;
      const session = sessions.get(key) ?? runtime.session(expansion(format, columns));
      sessions.set(key, session);
      const feeds = { words, table, ...(scales === null ? {} : { scales }) };
      await (await session).run(feeds, { values: into });
    },
  };
}

/** The model of a format's expansion: words, scales and the table to values [rows, columns]. */
function expansion(format: WeightFormat, columns: number): OnnxModel {
  const g = createLowerer();
  const weight = { rows: 1, columns, parts: [{ rowStart: 0, rows: 1, form: format }] };
  const { nodes, constants, weights, outputs } = g.finish([lowerWeight(g, "", weight).values()]);
  const names = new Map([
    ...weights.map(({ name, source: { kind } }) => [name as string, kind as string] as const),
    [outputs[0] as string, "values"],
  ]);
  const nameOf = (tensor: string) => names.get(tensor) ?? tensor;
  return {
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input === null ? null : nameOf(input)),
      outputs: node.outputs.map(nameOf),
    })),
    constants,
    inputs: weights.map(({ name, type }) => ({ name: nameOf(name), type })),
    outputs: [{ name: "values", type: "f32" }],
  };
}
