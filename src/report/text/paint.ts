/** Colours of a terminal's text. */
export interface Paint {
  /** Parts that raise the score. */
  positive(text: string): string;
  /** Parts that lower it. */
  negative(text: string): string;
  head(text: string): string;
  warning(text: string): string;
}

const same = (text: string) => text;

/** Leaves texts as they are. */
export const PLAIN: Paint = { positive: same, negative: same, head: same, warning: same };

/** The blue and orange of pictures, as near as 256 colours come to them on a dark and on a light ground. */
export const COLOURED: Paint = {
  positive: painted("38;5;32"),
  negative: painted("38;5;208"),
  head: painted("1"),
  warning: painted("33"),
};

function painted(code: string): (text: string) => string {
  return (text) => text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;
}
