/** A fenced block of a recipe. */
export interface RecipeBlock {
  /** First word behind the fence. */
  readonly language: string;
  readonly text: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  /** Reason for which it is not run with the others, which its first line gives to readers; null if it is run. */
  readonly kept: string | null;
}

/** Languages that run. A `text` block is what the block before it prints. */
export const RUN_LANGUAGES: readonly string[] = ["sh", "ts"];

const KEPT = /^(?:#|\/\/) (Not run by the tests: .+|Needs the weights of .+)$/;

/** Reads the fenced blocks of a Markdown text, in order. */
export function recipeBlocks(markdown: string): RecipeBlock[] {
  const blocks: RecipeBlock[] = [];
  let open: { language: string; line: number; lines: string[] } | null = null;
  markdown.split("\n").forEach((line, i) => {
    const fence = /^```(\S*)/.exec(line);
    if (open === null) {
      if (fence) open = { language: fence[1], line: i + 1, lines: [] };
    } else if (fence) {
      const { language, lines } = open;
      blocks.push({ language, line: open.line, text: lines.join("\n"), kept: KEPT.exec(lines[0] ?? "")?.[1] ?? null });
      open = null;
    } else open.lines.push(line);
  });
  if (open !== null) throw new SyntaxError("Cannot read a recipe as each fence must be closed: got an open one");
  return blocks;
}
