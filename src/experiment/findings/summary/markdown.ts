import type { PagePart } from "../../../report/page/section_html.ts";
import { oneLine } from "../../../report/text/visible_token.ts";

/** A link to a file beside the summary. */
export interface MarkdownLink {
  readonly text: string;
  readonly file: string;
}

/** A table whose cells are texts, shown as they are, or links. */
export interface MarkdownTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | readonly MarkdownLink[])[])[];
}

/** Writes a GitHub-flavoured Markdown table. */
export function markdownTable({ head, rows }: MarkdownTable): string {
  const line = (cells: MarkdownTable["rows"][number]) =>
    `| ${cells.map((cell) => typeof cell === "string" ? markdownText(cell) : linksText(cell)).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function linksText(links: readonly MarkdownLink[]): string {
  return links.map(({ text, file }) => `[${markdownText(text)}](${fileAddress(file)})`).join(", ");
}

/** Writes an image of a file beside the summary. */
export function markdownImage(text: string, file: string): string {
  return `![${markdownText(text)}](${fileAddress(file)})`;
}

/** Address of a file, of characters that end no link. */
function fileAddress(file: string): string {
  return encodeURI(file).replace(/[()|]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

/** Escapes a text so that Markdown shows it as it is, on one line. */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#&~]/g, (character) => `\\${character}`);
}

/** Writes a text as code, on one line. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  if (longest === 0) return `\`${line}\``;
  const fence = "`".repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** Writes lines as a list. */
export function markdownList(lines: readonly (readonly PagePart[])[]): string {
  const part = (one: PagePart) => typeof one === "string" ? markdownText(one) : markdownCode(one.code);
  return lines.map((line) => `- ${line.map(part).join("")}`).join("\n");
}
