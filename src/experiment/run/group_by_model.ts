import type { Cell } from "./cell.ts";

/** Groups the cells by model, in the order of the first cell of each. */
export function groupByModel(cells: readonly Cell[]): Cell[][] {
  const groups = Map.groupBy(cells, ({ model }) => JSON.stringify([model.source, model.quantize, model.device]));
  return [...groups.values()];
}
