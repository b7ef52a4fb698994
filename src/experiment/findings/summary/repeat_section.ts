import type { ExperimentPlan } from "../../run/cell.ts";
import { configHash } from "../../run/manifest.ts";
import { WHENCE_VERSION } from "../../run/version.ts";

/** The command that repeats the experiment, with the versions that ran it. */
export function repeatSection(plan: ExperimentPlan, directory: string): string {
  const overrides = Object.entries(plan.overrides).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${shellWord(value)}`).join("");
  return `## To repeat it

\`\`\`sh
deno task experiment ${shellWord(plan.file)}${overrides} --out ${shellWord(directory)}
\`\`\`

Whence ${WHENCE_VERSION}, Deno ${Deno.version.deno}; configuration \`${configHash(plan.configText)}\`, kept in
manifest.json. All numbers are in results.csv, each cell's whole record in cells/.`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
