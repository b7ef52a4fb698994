import { terminalLine } from "../../report/text/terminal_text.ts";

/** Writes a key and its value in two columns. */
export function keyLine(key: string, value: string): string {
  return `${key.padEnd(18)}${terminalLine(value)}\n`;
}
