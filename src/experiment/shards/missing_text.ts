import type { ExperimentPlan } from "../run/cell.ts";
import { experimentCommand } from "../results/experiment_command.ts";
import type { MissingCells } from "./missing_cells.ts";

/** Cells, and shards, that are named one by one. */
const MOST_NAMED = 10;

/**
 * Says which cells are missing, of which shards, and how to compute them.
 *
 * @param submitted true if the shards are tasks of Slurm
 */
export function missingText(
  plan: ExperimentPlan,
  directory: string,
  { total, count, isStrange, shards }: MissingCells,
  submitted: boolean = false,
): string {
  const words = experimentCommand(plan, directory);
  const cells = shards.flatMap(({ cells }) => cells.map(({ id }) => id));
  const computes = count === 1 ? [`  ${words}`] : [
    ...shards.slice(0, MOST_NAMED).map(({ number, cells }) =>
      `  ${words} --shard ${number}/${count}   # ${cells.length} cells`
    ),
    ...(shards.length > MOST_NAMED ? ["  …"] : []),
  ];
  const left = submitted
    ? ["To submit these shards again, and a merge behind them:", `  ${words} --slurm again`]
    : ["To compute them, unless that is under way:", ...computes];
  const lines = [
    `${total} of ${plan.cells.length} cells are not there yet: ${listed(cells)}`,
    ...(isStrange
      ? ["The directory has records of other cells: take the --model, --device and --quantize that its workers took."]
      : []),
    ...(count === 1 ? [] : [`They are those of the shards ${listed(shards.map(({ number }) => String(number)))}.`]),
    ...left,
    ...(count === 1 || submitted
      ? []
      : ["The last one makes the tables; those of what is there are made by:", `  ${words} --merge`]),
  ];
  return `${lines.join("\n")}\n`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}
