import { displayWidth, fitWidth } from "./display_width.ts";
import { terminalLine } from "./terminal_text.ts";

/** A table of texts with a head. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table in aligned columns for a terminal, which shows control characters and does not obey them. Columns in which
 * every text starts as a number are aligned right.
 */
export function textTable(table: TextTable): string {
  const [head, ...rows] = [table.head, ...table.rows].map((texts) => texts.map(terminalLine));
  const columns = head.map((name, column) => {
    const texts = rows.map((row) => row[column]);
    const width = Math.max(displayWidth(name), ...texts.map(displayWidth));
    const right = texts.some((text) => text !== "") && texts.every((text) => text === "" || /^[−+≤]?[ \d]/.test(text));
    return { width, right };
  });
  const line = (texts: readonly string[]) =>
    texts.map((text, column) => {
      const { width, right } = columns[column];
      return right ? " ".repeat(width - displayWidth(text)) + text : fitWidth(text, width);
    }).join("  ").trimEnd();
  return [line(head), ...rows.map(line)].join("\n") + "\n";
}
