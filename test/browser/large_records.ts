import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { sampleRecord } from "../report/record_sample.ts";

/** A record of so many target and prompt tokens, whose entries are told by a seed. */
export function largeRecord(T: number, L: number, seed = 0): AttributionRecord {
  const record = sampleRecord({ tokens: true });
  const words = (count: number, name: string) => {
    let at = 0;
    return Array.from({ length: count }, (_, i) => {
      const text = ` ${name}${(i * 7919 + seed) % 1000}`;
      const token = { id: i, text, start: at, end: at + text.length, frozen: i === 0 };
      at = token.end;
      return token;
    });
  };
  const [prompt, target] = [words(L, "word"), words(T, "answer")];
  const matrix = target.map((_, t) =>
    prompt.map((_, i) => i === 0 ? 0 : Math.sin(t * 3 + i * 5 + seed) ** 7 + i / 1e6)
  );
  const textOf = (tokens: readonly { readonly text: string }[]) => tokens.map(({ text }) => text).join("");
  const perTarget = <V>(value: V) => target.map(() => value);
  return {
    ...record,
    prompt: { text: textOf(prompt), tokens: prompt },
    target: { text: textOf(target), tokens: target.map(({ frozen: _, ...token }) => token) },
    score: { ...record.score, input: perTarget(-1), baseline: perTarget(-3) },
    tokenAttribution: matrix,
    sequenceAttribution: prompt.map((_, i) => matrix.reduce((sum, row) => sum + row[i], 0)),
    completeness: {
      ...record.completeness,
      ...{ delta: perTarget(0.01), relative: perTarget(0.005), certificate: perTarget(0.01), entryError: null },
    },
  };
}
