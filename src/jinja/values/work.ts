import type { Budget } from "../budget.ts";

/** Budget of the rendering that runs. Renderings are synchronous, so that there is one at most. */
let running: Budget | null = null;

/** Runs a rendering, on whose budget walks through values go. */
export function withBudget<T>(budget: Budget, run: () => T): T {
  const outer = running;
  running = budget;
  try {
    return run();
  } finally {
    running = outer;
  }
}

/** Counts the work of a walk through a value or a text, which may be as large as what was made before. */
export function countWork(steps: number): void {
  running?.spend(steps);
}

/** Counts a text that a walk through a value makes, and returns it. */
export function countText(text: string): string {
  return running?.made(text) ?? text;
}

/** Counts the work of looking at all of a text. */
export function countReading(text: string): void {
  running?.spend(Math.ceil(text.length / 16));
}
