import { type Choice, chosen } from "../kernel_choice.ts";
import type { KernelContext } from "../op.ts";

/** Rows of a thread; each thread loads all, or eight that share them load one each and shuffle. */
type AttentionChoice = { readonly variant: "plain" | "shuffled"; readonly rows: 4 | 8 };

/** The family of attention and its derivatives that share a choice. */
export function attentionFamily(headSize: number): string {
  return `attention ${headSize}`;
}

/**
 * The kernels that a GPU may take, the default first. It loads once for all threads of a subgroup that load the same,
 * while a shuffle of each element takes as long as a load from workgroup memory, on most: one for four multiply-adds.
 */
export function attentionCandidates(subgroups: boolean): [AttentionChoice, ...AttentionChoice[]] {
  const plain = [{ variant: "plain", rows: 4 }, { variant: "plain", rows: 8 }] as const;
  return [
    ...plain,
    ...(subgroups ? [{ variant: "shuffled", rows: 8 }, { variant: "shuffled", rows: 4 }] as const : []),
  ];
}

/** The choice of a GPU. */
export function attentionChoice(
  headSize: number,
  { subgroups, tuning }: Pick<KernelContext<unknown>, "subgroups" | "tuning">,
): AttentionChoice {
  return chosen<Choice>(tuning, attentionFamily(headSize), attentionCandidates(subgroups)) as AttentionChoice;
}
