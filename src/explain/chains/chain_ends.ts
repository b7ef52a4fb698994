import type { ThinkMarkers } from "../../model/tokens/think_markers.ts";
import type { PassesText } from "../options/chain_options.ts";
import type { ChainSpans } from "./chain_spans.ts";

/** Spans that chains pass, and the positions at which they end. */
export interface EndedSpans extends ChainSpans {
  readonly ends: readonly number[];
}

/** A target as tokens, with offsets into its text where they are known. */
interface Target {
  readonly text: string;
  readonly tokens: readonly { readonly text: string; readonly start?: number; readonly end?: number }[];
}

/**
 * Returns the positions of the target's tokens at which chains end. If they pass words alone, these are punctuation,
 * white space, and the markers around the reasoning; never the answer's own.
 */
export function chainEnds(
  { text, tokens }: Target,
  answer: readonly number[],
  markers: ThinkMarkers,
  passes: PassesText,
): number[] {
  if (passes === "all") return [];
  const marked = [markers.open, markers.close].flatMap((marker) => placesOf(text, marker));
  return tokens.flatMap(({ text, start = -1, end = -1 }, t) => {
    const isWord = /[\p{L}\p{N}]/u.test(text) && !marked.some((marker) => start < marker.end && end > marker.start);
    return isWord || answer.includes(t) ? [] : [t];
  });
}

function placesOf(text: string, marker: string): { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(new RegExp(RegExp.escape(marker), "g"))]
    .map(({ index }) => ({ start: index, end: index + marker.length }));
}
