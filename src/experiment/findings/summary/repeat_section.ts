import type { ExperimentPlan } from "../../run/cell.ts";
import { configHash } from "../../run/manifest.ts";
import { WHENCE_VERSION } from "../../run/version.ts";

/** The command that repeats the experiment. */
export function repeatCommand(plan: ExperimentPlan, directory: string): string {
  const overrides = Object.entries(plan.overrides).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${shellWord(value)}`).join("");
  return `deno task experiment ${shellWord(plan.file)}${overrides} --out ${shellWord(directory)}`;
}

/** The command that repeats the experiment, with the versions that ran it. */
export function repeatSection(plan: ExperimentPlan, directory: string): string {
  return `## To repeat it

\`\`\`sh
${repeatCommand(plan, directory)}
\`\`\`

Whence ${WHENCE_VERSION}, Deno ${Deno.version.deno}; configuration \`${configHash(plan.configText)}\`, kept in
manifest.json. All numbers are in results.csv, each cell's whole record in cells/.`;
}

/** Quotes a word for a shell, on one line. */
function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  // deno-lint-ignore no-control-regex
  if (!/[\x00-\x1f\x7f]/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // deno-lint-ignore no-control-regex
  return `$'${text.replace(/[\x00-\x1f\x7f'\\]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`;
}
