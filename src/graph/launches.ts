import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import type { Value } from "../ops/op.ts";
import type { Tuning } from "../ops/kernel_choice.ts";
import type { GpuWeight } from "../ops/formats/weight.ts";
import type { Graph } from "./graph.ts";

/**
 * Rows of a run that keep an adapter busy: two cores have enough of 512, while the narrowest products of small models,
 * of nine tiles of columns, fill the largest GPU by 2,048.
 */
export function busyRows({ software }: Pick<LaunchTarget, "software">): number {
  return software ? 512 : 2048;
}

/** The adapter and the weights that kernels are chosen for. */
export interface LaunchTarget {
  readonly subgroups: boolean;
  readonly software: boolean;
  /** Default: the defaults. */
  readonly tuning?: Tuning;
  readonly weights: ReadonlyMap<string, GpuWeight>;
  /** Most work of a launch that can be cut. Default: any. */
  readonly mostWork?: number;
}

/**
 * The launches of all nodes of a graph, in order.
 *
 * @param buffers of the values, by id
 * @param scratch buffers of each node
 * @throws {TypeError} if a weight was not uploaded, with its name
 */
export function launches(
  graph: Graph,
  { subgroups, software, tuning, weights, mostWork }: LaunchTarget,
  buffers: ReadonlyMap<number, BufferRange>,
  scratch: readonly (readonly BufferRange[])[],
): Dispatch[] {
  const weight = (name: string) => {
    const found = weights.get(name);
    if (found === undefined) throw new TypeError(`Cannot compile the graph as weight ${name} must be uploaded first`);
    return found;
  };
  const range = (value: Value) => buffers.get(value.id)!;
  return graph.nodes.flatMap(({ op, attributes, inputs, outputs }, i) =>
    op.kernels({
      attributes,
      inputs: inputs.map(range),
      inputTypes: inputs,
      outputs: outputs.map(range),
      outputTypes: outputs,
      scratch: scratch[i],
      subgroups,
      software,
      tuning,
      mostWork,
      weight,
    })
  );
}
