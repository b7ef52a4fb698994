import type { ExperimentPlan } from "../run/cell.ts";

/** The command that runs an experiment as it was run, ready for a shell. */
export function experimentCommand(
  plan: Pick<ExperimentPlan, "program" | "file" | "overrides">,
  directory: string,
): string {
  const overrides = Object.entries(plan.overrides).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${shellWord(value)}`).join("");
  return `${plan.program} experiment ${shellWord(plan.file)}${overrides} --out ${shellWord(directory)}`;
}

/** Quotes a word for a shell, on one line. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  // deno-lint-ignore no-control-regex
  if (!/[\x00-\x1f\x7f]/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // deno-lint-ignore no-control-regex
  return `$'${text.replace(/[\x00-\x1f\x7f'\\]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`;
}
