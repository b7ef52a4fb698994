import { displayWidth, fitWidth } from "./display_width.ts";
import { terminalLine } from "./terminal_text.ts";
import { wrappedLines } from "./wrapped_lines.ts";

/** A table of texts with a head. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column's width, the least that breaks no usual word, and true if its texts are numbers. */
interface Column {
  readonly width: number;
  readonly least: number;
  readonly right: boolean;
}

const GAP = 2;
/** Columns of words are not made narrower, nor than their longest word, up to a longest one. */
const NARROWEST = 12;
const LONGEST_WORD = 20;

/**
 * A table in aligned columns for a terminal, which shows control characters and does not obey them. Columns in which
 * every text starts as a number are aligned right.
 *
 * @param most columns of the terminal: words are wrapped to fit, and columns that do not go below the others, each part
 * with the words that tell its rows apart
 */
export function textTable(table: TextTable, most: number = Infinity): string {
  const [head, ...rows] = [table.head, ...table.rows].map((texts) => texts.map(terminalLine));
  const columns = narrowed(head.map((name, column) => columnOf(name, rows.map((row) => row[column]))), most);
  const parts = blocksOf(columns, most).map((block) =>
    [head, ...rows].flatMap((texts) => linesOf(block.map((i) => texts[i]), block.map((i) => columns[i])))
      .join("\n") + "\n"
  );
  return parts.join("\n");
}

function columnOf(name: string, texts: readonly string[]): Column {
  const width = Math.max(displayWidth(name), ...texts.map(displayWidth));
  const right = texts.some((text) => text !== "") && texts.every((text) => text === "" || /^[−+≤]?[ \d]/.test(text));
  const words = texts.flatMap((text) => text.split(" ")).map(displayWidth);
  return { width, right, least: Math.max(NARROWEST, Math.min(LONGEST_WORD, Math.max(0, ...words))) };
}

/** Takes columns of words what is too much, the widest first. */
function narrowed(columns: readonly Column[], most: number): Column[] {
  const widths = columns.map(({ width }) => width);
  const words = columns.flatMap(({ right }, i) => right ? [] : [i]);
  for (let excess = totalOf(widths) - most; excess > 0; excess--) {
    const wide = words.filter((i) => widths[i] > columns[i].least);
    if (wide.length === 0) break;
    widths[wide.reduce((a, b) => widths[b] > widths[a] ? b : a)]--;
  }
  return columns.map((column, i) => ({ ...column, width: widths[i] }));
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
}

/** Groups columns that stand beside each other. */
function blocksOf(columns: readonly Column[], most: number): number[][] {
  const widthOf = (block: readonly number[]) => totalOf(block.map((i) => columns[i].width));
  if (widthOf([...columns.keys()]) <= most) return [[...columns.keys()]];
  const words = columns.findIndex(({ right }) => right);
  const rest = [...columns.keys()].slice(Math.max(1, words));
  // The words before the first number tell rows apart, if they leave room for anything else.
  const all = [...columns.keys()].slice(0, Math.max(1, words));
  const keys = rest.every((i) => widthOf([...all, i]) <= most) ? all : [0];
  const blocks = [[...keys]];
  for (const i of [...columns.keys()].slice(keys.length)) {
    const block = blocks[blocks.length - 1];
    if (block.length === keys.length || widthOf([...block, i]) <= most) block.push(i);
    else blocks.push([...keys, i]);
  }
  return blocks;
}

/** Lines of a row; texts that are too wide for their columns go on below. */
function linesOf(texts: readonly string[], columns: readonly Column[]): string[] {
  const cells = texts.map((text, i) =>
    displayWidth(text) <= columns[i].width ? [text] : wrappedLines(text, columns[i].width)
  );
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells.map((lines, i) => {
      const { width, right } = columns[i];
      const text = lines[line] ?? "";
      return right ? " ".repeat(width - displayWidth(text)) + text : fitWidth(text, width);
    }).join(" ".repeat(GAP)).trimEnd());
}
