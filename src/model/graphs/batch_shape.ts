import type { PointRuleName } from "../../ops/rules/rule_table.ts";

/** The sizes of one sequence [prompt; target without its last token]. */
export interface SequenceShape {
  /** L */
  readonly prompt: number;
  /** P < L: first rows of the prompt, alike in all sequences and computed beforehand by `sharedGraph`. */
  readonly shared: number;
  /** T */
  readonly targets: number;
  /** The block whose input the rows are. Default 0: they are embeddings. */
  readonly layer?: number;
  /** The rules of reverse walks. Default: derivatives. */
  readonly rule?: PointRuleName;
}

/** The sizes of a batch of such sequences. */
export interface BatchShape extends SequenceShape {
  /** B */
  readonly sequences: number;
}

/** Returns S, the rows that each sequence carries itself. The last target token is never attended to. */
export function rowsPerSequence({ prompt, shared, targets }: SequenceShape): number {
  return prompt - shared + targets - 1;
}
