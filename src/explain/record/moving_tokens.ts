import type { AttributionRecord } from "./record.ts";
import type { RecordToken } from "./record_token.ts";

/** Tokens that a record's `prefix` is about: the target's but for the last and, if there is one, the alternative's. */
export function movingTokens({ target, alternative }: AttributionRecord): readonly RecordToken[] {
  return [...target.tokens.slice(0, -1), ...(alternative?.tokens.slice(0, -1) ?? [])];
}
