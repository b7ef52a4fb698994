import { wrappedLines } from "../../report/text/wrapped_lines.ts";
import { helpWidth } from "./terminal.ts";

/** Column in which the text of an entry begins, unless all terms are shorter or a word is too long for what is left. */
const TEXT_COLUMN = 24;
/** Spaces before the term of an entry, and least ones behind it. */
const GAP = 2;
/** Spaces by which the rest of a term, or a text below it, stands further in. */
const FURTHER = 4;
/** Indentation in the source of a text that goes on. */
const GOES_ON = 12;

/** A line of a help in the source: a paragraph, an entry of a list, a form of the usage, or a line that stands in. */
interface HelpLine {
  readonly kind: "paragraph" | "entry" | "usage" | "line";
  /** Spaces before it, or `Usage: ` in their place. */
  readonly start: string;
  /** Empty of paragraphs and lines. */
  readonly term: string;
  readonly text: string;
}

/** Lays a help out for standard output. */
export function helpText(help: string): string {
  return layHelp(help, helpWidth());
}

/**
 * Lays a help out in so many columns, without a break in a word. In the source a paragraph is a run of lines without
 * indentation; an entry is a term behind two spaces, two spaces or more, and its text, which goes on in lines that are
 * far in; a usage has a form on each line, with two spaces or more before what it is for.
 */
export function layHelp(help: string, width: number): string {
  const lines = help.trimEnd().split("\n").reduce<HelpLine[]>(readLine, []);
  const entries = lines.filter(({ kind }) => kind === "entry");
  const longestWord = longest(entries.flatMap(({ text }) => text.split(" ")));
  const column = Math.min(TEXT_COLUMN, longest(entries.map(({ term }) => term)) + 2 * GAP, width - longestWord);
  const forms = lines.filter(({ kind, text }) => kind === "usage" && text !== "");
  const behind = longest(forms.map(({ start, term }) => start + term)) + FURTHER;
  const columns = {
    entry: Math.max(GAP + FURTHER, column),
    usage: behind + longest(forms.map(({ text }) => text)) <= width ? behind : 0,
  };
  return lines.flatMap((line) => laidLine(line, columns, width)).join("\n") + "\n";
}

/** Adds a line of the source to those that have been read, or to the text of the last. */
function readLine(lines: HelpLine[], source: string): HelpLine[] {
  const [, start, words] = /^((?:Usage|Cost|Source): +| *)(.*)$/.exec(source)!;
  const last = lines.at(-1);
  const [, term, text = ""] = /^(.*?)(?: {2,}(.*))?$/.exec(words)!;
  if (start.startsWith("Usage")) return [...lines, { kind: "usage", start, term, text }];
  if (last?.kind === "usage" && start.length === last.start.length) {
    return [...lines, { kind: "usage", start, term, text }];
  }
  const goesOn = last?.kind === "entry" ? start.length >= GOES_ON : last?.kind === "paragraph" && last.text !== "";
  if (last !== undefined && goesOn && words !== "" && (last.kind === "entry" || start === "")) {
    return [...lines.slice(0, -1), { ...last, text: `${last.text} ${words}`.trimStart() }];
  }
  if (start.length === GAP) return [...lines, { kind: "entry", start, term, text }];
  return [...lines, { kind: start === "" ? "paragraph" : "line", start, term: "", text: words }];
}

/** @param columns in which texts begin; those that their terms leave no room go below */
function laidLine(
  { kind, start, term, text }: HelpLine,
  columns: Readonly<Record<"entry" | "usage", number>>,
  width: number,
): string[] {
  if (kind === "paragraph" || kind === "line") return hung(start, text, start.length, width);
  const further = start.length + FURTHER;
  const column = columns[kind];
  if (text !== "" && start.length + term.length + GAP <= column) {
    return hung((start + term).padEnd(column), text, column, width);
  }
  const below = kind === "entry" ? column : further;
  return [...hung(start, term, further, width), ...(text === "" ? [] : hung(" ".repeat(below), text, below, width))];
}

/** Breaks a text between words behind a start, and the rest of it under a column. */
function hung(start: string, text: string, column: number, width: number): string[] {
  const [first, ...rest] = wrappedLines(text, Math.max(1, width - Math.max(start.length, column)));
  return [(start + first).trimEnd(), ...rest.map((line) => " ".repeat(column) + line)];
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
