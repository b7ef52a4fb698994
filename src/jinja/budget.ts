import { TemplateError } from "./template_error.ts";

/** Characters that a template may have; published ones have up to 30,000. */
export const MOST_SOURCE = 1 << 20;
/** Brackets, statements and operators within each other that a template may have. */
export const MOST_NESTING = 100;
/** Nodes within nodes of a syntax tree; operators, attributes and filters in a row are within each other, too. */
export const MOST_TREE_DEPTH = 400;

/** Bounds of one rendering. A rendering at all bounds takes a few seconds and 200 MB. */
export const RENDER_BOUNDS = {
  /** Evaluated nodes, items that loops and filters see, and 16 characters of every text that is made. */
  steps: 5_000_000,
  /** Characters of the output, and of each text on the way to it. */
  characters: 4_000_000,
  /** Nodes within nodes, through calls of macros and recursive loops. */
  depth: 1000,
} as const;

/** Bits of a whole number; Python prints no more than 4,300 digits. */
export const MOST_BITS = 14_280;

/** The work that a rendering may still do. */
export interface Budget {
  /** Counts work. */
  spend(steps: number): void;
  /** Counts the characters of a text before it is made. */
  grow(characters: number): void;
  /** Counts a text that was made, and returns it. */
  made(text: string): string;
  /** Refuses a text that is too long. */
  fit(characters: number): void;
  /** Goes one level deeper. */
  enter(): void;
  /** Comes back from a level. */
  leave(): void;
}

/** Starts to count the work of a rendering. Each method throws a TemplateError once its bound is passed. */
export function newBudget(bounds: { readonly [key in keyof typeof RENDER_BOUNDS]: number } = RENDER_BOUNDS): Budget {
  let steps = 0;
  let depth = 0;
  const spend = (count: number) => {
    steps += count;
    if (steps > bounds.steps) throw exceeded(bounds.steps, "steps");
  };
  const fit = (characters: number) => {
    if (characters > bounds.characters) throw exceeded(bounds.characters, "characters of text");
  };
  const grow = (characters: number) => {
    fit(characters);
    spend(Math.ceil(characters / 16));
  };
  return {
    spend,
    grow,
    made(text) {
      grow(text.length);
      return text;
    },
    fit,
    enter() {
      if (++depth > bounds.depth) throw exceeded(bounds.depth, "levels of calls");
    },
    leave() {
      depth--;
    },
  };
}

function exceeded(bound: number, things: string): TemplateError {
  return new TemplateError("bound", `at most ${bound} ${things}`);
}
