import type { PassesText } from "../options/chain_options.ts";
import type { RecordThrough } from "../record/record_through.ts";

/** Smaller losses change no share that is shown. */
const MOST_LOST = 0.01;
/** Parts of a token that sum to less of their magnitudes say more about each other than about the token. */
const LEAST_BALANCE = 0.05;

/** Says what a reader must know before using the influence through chains. */
export function adviseThrough({ lost, balance, answer }: RecordThrough, passes: PassesText = "all"): string[] {
  const ends = Math.abs(lost) < MOST_LOST ? [] : [
    `${percent(lost)} of the chains end at target tokens ${
      passes === "all" ? "without any attribution" : `that passes ${passes} leaves out, or without any attribution`
    }, and reach no prompt token.`,
  ];
  const cancelling = answer.tokens.filter((t) => Math.abs(balance[t]) < LEAST_BALANCE);
  const cancels = cancelling.length === 0 ? [] : [
    `The attributions of ${cancelling.length} of ${answer.tokens.length} answer tokens all but cancel: their shares are ` +
    "of what pulls both ways, not of a change of the score.",
  ];
  return [...ends, ...cancels];
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(3)} %`;
}
