import type { Flag } from "./declared_flags.ts";

/** Writes the help of flags that follow from declarations, a flag each, with its default. */
export function flagHelp(flags: readonly Flag[]): string {
  return flags.map((flag) => helpLine(usageOf(flag), textOf(flag))).join("");
}

/** Writes a flag and its text, as the layout of helps reads an entry. */
export function helpLine(usage: string, text: string): string {
  return `  --${usage}  ${text}\n`;
}

/** Writes a default as help has it; empty where there is none to say. */
export function defaultText({ option: { kind, default: usual, usual: words }, turnsOff }: Flag): string {
  if (words !== undefined) return words;
  if (turnsOff || usual === null || typeof usual === "function" || kind.placeholder === "") return "";
  return String(kind.write(usual as NonNullable<unknown>));
}

/** Writes a flag with what stands for its value, without the dashes. */
export function usageOf({ flag, option: { kind } }: Flag): string {
  return kind.placeholder === "" ? flag : `${flag} ${kind.placeholder}`;
}

/** Writes the bounds and the condition that depend on other options. */
export function dependenceText({ option: { when, limit } }: Flag): string {
  return (limit?.words === undefined ? "" : `; ${limit.words}`) +
    (when === undefined ? "" : `; only with ${when.words}`);
}

function textOf(flag: Flag): string {
  const { option: { help, kind }, turnsOff, repeats } = flag;
  const words = "enum" in kind.json
    ? `: ${kind.json.enum.join(", ")}`
    : kind.placeholder === "NAME"
    ? `: ${kind.expectation}`
    : "";
  const usual = defaultText(flag);
  return (turnsOff ? `without ${help}` : help) + words + (repeats ? "; may be given several times" : "") +
    dependenceText(flag) + (usual === "" ? "" : ` (${usual})`);
}
