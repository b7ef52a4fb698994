import { experimentCommand, shellWord } from "../../results/experiment_command.ts";
import { type ExperimentPlan, FEW_CELLS } from "../../run/cell.ts";
import { configHash } from "../../run/manifest.ts";
import { WHENCE_VERSION } from "../../run/version.ts";

/** The command that repeats the experiment, with the versions that ran it. */
export function repeatSection(plan: ExperimentPlan, directory: string): string {
  return `## To repeat it

\`\`\`sh
${experimentCommand(plan, directory)}
\`\`\`

Whence ${WHENCE_VERSION}, Deno ${Deno.version.deno}; configuration \`${configHash(plan.configText)}\`, kept in
manifest.json. All numbers are in results.csv, ${wholeRecords(plan, directory)}.`;
}

function wholeRecords({ cells, program }: ExperimentPlan, directory: string): string {
  return cells.length <= FEW_CELLS
    ? "each cell's whole record in cells/"
    : `each cell's whole record in records/: \`${program} records ${shellWord(directory)} CELL\` prints one`;
}
