import type { TextTable } from "../../../report/text/text_table.ts";
import { oneLine } from "../../../report/text/visible_token.ts";

/** Writes a GitHub-flavoured Markdown table; cells that start with [ are links and stay. */
export function markdownTable({ head, rows }: TextTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.startsWith("[") ? cell : markdownText(cell)).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Escapes a text so that Markdown shows it as it is, on one line. */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`);
}
