/** One line of a comment. */
interface CommentLine {
  /** Counted from 1. */
  readonly line: number;
  /** The text without the signs of a comment. */
  readonly text: string;
  /** True if it has the first words of the comment. */
  readonly first: boolean;
}

/** Finds the comments of TypeScript and WGSL that fill their lines, or stand behind code. */
export function commentsOf(source: string): CommentLine[] {
  const found: CommentLine[] = [];
  let inBlock = false;
  let inLines = false;
  let started = false;
  source.split("\n").forEach((whole, i) => {
    const line = whole.trim();
    const opens = !inBlock && line.startsWith("/*");
    const slashes = !inBlock && !opens && /^\/\/(?!@)/.test(line);
    const behind = inBlock || opens || slashes ? null : / \/\/ (.*)$/.exec(line);
    if (opens || inBlock || slashes) {
      const text = line.replace(/^(?:\/\*+|\/\/|\*(?!\/))\s?/, "").replace(/\s*\*\/$/, "");
      if (opens || slashes && !inLines) started = false;
      found.push({ line: i + 1, text, first: !started && text !== "" });
      started ||= text !== "";
    } else if (behind !== null) found.push({ line: i + 1, text: behind[1], first: true });
    inBlock = (inBlock || opens) && !line.endsWith("*/");
    inLines = slashes;
  });
  return found;
}
