import { joinTokens, segmentsOf, textOf } from "./join_tokens.ts";
import { characterBoundaries } from "./text_segments.ts";
import type { NamedSpan, Unit, UnitToken } from "./unit.ts";

/**
 * Makes a unit for each name, of the tokens in all spans of that name. Tokens outside of every span are frozen,
 * neighbours as one unit.
 *
 * @param spans ranges of `text` that do not overlap
 * @throws {RangeError} if spans are empty, overlap, reach over the text's ends or split a character, or two of
 * different names share a token
 */
export function namedUnits(text: string, tokens: readonly UnitToken[], spans: readonly NamedSpan[]): Unit[] {
  assertSpans(text, spans);
  const names = tokens.map((token) => token.frozen ? null : nameOf(text, token, spans));
  shareCharacters(text, tokens, names);
  const frozen = tokens.map((token, i) => ({ ...token, frozen: names[i] === null }));
  const kept = joinTokens({ text, tokens: frozen, segments: [] }).filter((unit) => unit.frozen);
  const groups = Map.groupBy(tokens.keys(), (i) => names[i]);
  groups.delete(null);
  const free = [...groups].map(([name, members]) => ({
    text: textOf(text, members.map((i) => tokens[i])),
    name,
    tokens: members,
    frozen: false,
  }));
  const missing = spans.find(({ name }) => !groups.has(name));
  if (missing !== undefined) {
    throw new RangeError(`Cannot make a unit of ${missing.name} as it must have a token that is not frozen: got none`);
  }
  return [...kept, ...free].sort((a, b) => a.tokens[0] - b.tokens[0]);
}

function nameOf(text: string, token: UnitToken, spans: readonly NamedSpan[]): string | null {
  const touched = segmentsOf(text, token, spans).map((s) => spans[s].name);
  const other = touched.find((name) => name !== touched[0]);
  if (other !== undefined) {
    throw new RangeError(
      `Cannot tell ${touched[0]} from ${other} as no token may lie in both: got ` +
        JSON.stringify(text.slice(token.start, token.end)),
    );
  }
  return touched[0] ?? null;
}

/** Gives tokens that hold part of a character the name of the token that starts it. */
function shareCharacters(text: string, tokens: readonly UnitToken[], names: (string | null)[]): void {
  const boundaries = characterBoundaries(text);
  for (let i = 1; i < tokens.length; i++) {
    const [before, after] = [tokens[i - 1], tokens[i]];
    if (before.frozen || after.frozen || before.end <= 0 || after.end <= 0) continue;
    if (after.start >= before.end && boundaries.has(after.start)) continue;
    names[i] ??= names[i - 1];
    names[i - 1] ??= names[i];
  }
}

function assertSpans(text: string, spans: readonly NamedSpan[]): void {
  const boundaries = characterBoundaries(text);
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  ordered.forEach(({ name, start, end }, i) => {
    const range = `${start} … ${end}`;
    if (!(start < end && start >= 0 && end <= text.length)) {
      throw new RangeError(`Cannot make a unit of ${name} as its span must lie in 0 … ${text.length}: got ${range}`);
    }
    if (!boundaries.has(start) || !boundaries.has(end)) {
      throw new RangeError(`Cannot make a unit of ${name} as its span must not split a character: got ${range}`);
    }
    if (i > 0 && ordered[i - 1].end > start) {
      throw new RangeError(`Cannot make a unit of ${name} as spans must not overlap: got ${range}`);
    }
  });
}
