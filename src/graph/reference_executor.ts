import { FORMATS } from "../ops/formats/format_table.ts";
import type { ReferenceWeight, WeightInfo, WeightSegment } from "../ops/formats/weight.ts";
import { elements, type ValueType } from "../ops/op.ts";
import type { Executor, InputData, Program, RunResult } from "./executor.ts";
import { countUses, type Graph } from "./graph.ts";
import { kernelScratch, plan } from "./memory_plan.ts";
import { gatherOutputs, type GraphOutputs } from "./outputs.ts";

/** Runs graphs in f64 on the CPU: the specification of every kernel, and a backend without an adapter. */
export function createReferenceExecutor(): Executor {
  const weights = new Map<string, ReferenceWeight>();
  const states = new Map<string, Float64Array>();
  let weightBytes = 0;
  let peakBytes = 0;
  const held = (bytes: number) => peakBytes = Math.max(peakBytes, weightBytes + bytes);
  return {
    backend: "reference",
    adapter: "f64 reference on the CPU",
    tuning: null,
    scratchOf: kernelScratch(),
    mostRows: 512,
    maxValueBytes: Infinity,
    get weightBytes() {
      return weightBytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    upload(info, segments) {
      weights.set(info.name, { values: widen(info, segments), rows: info.rows, columns: info.columns });
      weightBytes += referenceWeightBytes(info);
      held(0);
      return Promise.resolve();
    },
    compile(graph) {
      const needs = referenceNeeds(graph);
      const bytes = needs.slots.reduce((sum, slot) => sum + slot, needs.ownBytes);
      const data = new Map<string, Float64Array>();
      return Promise.resolve({
        ...needs,
        run(inputs: InputData) {
          held(bytes);
          for (const [name, values] of Object.entries(inputs)) data.set(name, Float64Array.from(values));
          return Promise.resolve(evaluate(graph, data, states, weights));
        },
        profile: () => null,
        dispose: () => data.clear(),
      });
    },
    dropStates(prefix) {
      for (const name of [...states.keys()]) if (name.startsWith(prefix)) states.delete(name);
    },
    close() {
      weights.clear();
      states.clear();
    },
  };
}

/** Memory of a program: its f64 values take twice the bytes that the plan counts for f32. */
export function referenceNeeds(graph: Graph): Pick<Program, "slots" | "ownBytes"> {
  const { slots, inputBytes } = plan(graph);
  return { slots: slots.map((slot) => 2 * slot), ownBytes: 2 * inputBytes };
}

/** Bytes of a weight, which is kept in f32. */
export function referenceWeightBytes({ rows, columns }: Pick<WeightInfo, "rows" | "columns">): number {
  return rows * columns * 4;
}

function evaluate<O extends GraphOutputs>(
  graph: Graph<O>,
  data: ReadonlyMap<string, Float64Array>,
  states: Map<string, Float64Array>,
  weights: ReadonlyMap<string, ReferenceWeight>,
): RunResult<O> {
  const values = new Map<number, Float64Array>();
  for (const { name, kind, value } of graph.inputs) values.set(value.id, inputOf(name, kind, value, data, states));
  const weight = (name: string) => {
    const found = weights.get(name);
    if (found === undefined) throw new TypeError(`Cannot run the graph as weight ${name} must be uploaded first`);
    return found;
  };
  const uses = countUses(graph);
  for (const { op, attributes, inputs, outputs } of graph.nodes) {
    const results = op.reference({
      attributes,
      inputs: inputs.map((input) => values.get(input.id)!),
      inputTypes: inputs,
      outputTypes: outputs,
      weight,
    });
    outputs.forEach((output, i) => values.set(output.id, results[i]));
    for (const input of inputs) {
      const left = uses.get(input.id)! - 1;
      uses.set(input.id, left);
      if (left === 0) values.delete(input.id);
    }
  }
  return {
    outputs: gatherOutputs(graph.outputs, ({ value }) => values.get(value.id)!),
    gpuSeconds: null,
  };
}

function inputOf(
  name: string,
  kind: "data" | "state",
  type: ValueType,
  data: ReadonlyMap<string, Float64Array>,
  states: Map<string, Float64Array>,
): Float64Array {
  if (kind === "state" && !states.has(name)) states.set(name, new Float64Array(elements(type)));
  const values = kind === "state" ? states.get(name) : data.get(name);
  if (values?.length !== elements(type)) {
    throw new TypeError(
      `Cannot run the graph as input ${name} must be [${type.shape.join(", ")}]: got ${
        values?.length ?? "no"
      } elements`,
    );
  }
  return values;
}

function widen({ rows, columns }: WeightInfo, segments: readonly WeightSegment[]): Float32Array {
  const values = new Float32Array(rows * columns);
  let start = 0;
  for (const segment of segments) {
    values.set(FORMATS[segment.format].dequantize(segment, [segment.rows, columns]), start);
    start += segment.rows * columns;
  }
  return values;
}
