import type { Value } from "../ops/op.ts";

/** Outputs of a graph by name: each a value, or a list of them. */
export type GraphOutputs = Readonly<Record<string, Value | readonly Value[] | undefined>>;

/** A run's results under the names of the graph's outputs, as f64 (widened from f32 or u32 on the GPU). */
export type OutputData<O extends GraphOutputs> = { readonly [K in keyof O]: DataOf<O[K]> };

type DataOf<V> = V extends Value ? Float64Array : V extends readonly Value[] ? readonly Float64Array[] : undefined;

/** One value among a graph's outputs. */
interface NamedValue {
  /** The output's name. */
  readonly output: string;
  /** The same, or "output.3" for number 3 of a list. */
  readonly name: string;
  readonly value: Value;
}

/** The values among outputs, in order. */
export function listOutputs(outputs: GraphOutputs): NamedValue[] {
  return Object.entries(outputs).flatMap(([name, output]) => {
    if (output === undefined) return [];
    if (!isList(output)) return [{ output: name, name, value: output }];
    return output.map((value, i) => ({ output: name, name: `${name}.${i}`, value }));
  });
}

/** The outputs with each value replaced by its data. */
export function gatherOutputs<O extends GraphOutputs>(
  outputs: O,
  dataOf: (one: NamedValue) => Float64Array,
): OutputData<O> {
  const gathered = Object.entries(outputs).map(([name, output]) => {
    const data = listOutputs({ [name]: output }).map(dataOf);
    return [name, output !== undefined && isList(output) ? data : data.at(0)];
  });
  return Object.fromEntries(gathered);
}

function isList(output: Value | readonly Value[]): output is readonly Value[] {
  return Array.isArray(output);
}
