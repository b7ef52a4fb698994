import type { PassesText } from "../options/chain_options.ts";
import type { ChainSpans } from "./chain_spans.ts";

/** Returns the positions of the target's tokens at which chains end, as they may not pass them. */
export function chainEnds(
  tokens: readonly { readonly text: string }[],
  { answer, spans }: ChainSpans,
  passes: PassesText,
): number[] {
  if (passes === "all") return [];
  const open = new Set(spans.flatMap((span) => span.tokens));
  const own = new Set(answer.tokens);
  return tokens.flatMap(({ text }, t) =>
    own.has(t) || (open.has(t) && (passes === "spans" || /[\p{L}\p{N}]/u.test(text))) ? [] : [t]
  );
}
