import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordContextLevel } from "../../explain/record/record_context.ts";

/** The level that views show: of parts that can be read. */
const SHOWN: RecordContextLevel["level"] = "sentences";

/** Returns the sentences of a context, as far as they were told apart. */
export function shownLevel({ context }: AttributionRecord): RecordContextLevel {
  return context!.levels.find(({ level }) => level === SHOWN)!;
}

/** A stretch of the prompt: a part of the context, or what is not of it. */
interface Stretch {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly frozen: boolean;
}

/**
 * The record as views show it that has a context: sentences take the place of tokens, and so does each stretch of the
 * prompt between documents.
 */
export function byContext(record: AttributionRecord): AttributionRecord {
  const { prompt, tokenAttribution, sequenceAttribution, completeness, sampling, through } = record;
  const stretches = contextStretches(record);
  const sums = (values: readonly number[]) =>
    stretches.map(({ tokens }) => tokens.reduce((sum, i) => sum + values[i], 0));
  return {
    ...record,
    prompt: {
      ...prompt,
      tokens: stretches.map(({ tokens: [first], text, frozen }) => ({ id: prompt.tokens[first].id, text, frozen })),
    },
    tokenAttribution: tokenAttribution && tokenAttribution.map(sums),
    sequenceAttribution: sums(sequenceAttribution),
    standardError: unitErrors(record, stretches),
    completeness: { ...completeness, entryError: null },
    ...(sampling === undefined ? {} : { sampling: { ...sampling, tokenStandardError: null } }),
    ...(through === undefined ? {} : {
      through: {
        ...through,
        total: sums(through.total),
        direct: sums(through.direct),
        rest: through.rest && sums(through.rest),
        spans: through.spans.map((span) => ({ ...span, part: sums(span.part) })),
      },
    }),
    units: undefined,
  };
}

/** The parts of the context and what lies between them, in reading order. */
export function contextStretches(record: AttributionRecord): Stretch[] {
  const { prompt } = record;
  const parts = shownLevel(record).parts;
  const partOf = new Map(parts.flatMap((part) => part.tokens.map((i): [number, typeof part] => [i, part])));
  const stretches: Stretch[] = [];
  let between: number[] = [];
  const close = () => {
    if (between.length === 0) return;
    stretches.push({ tokens: between, text: between.map((i) => prompt.tokens[i].text).join(""), frozen: true });
    between = [];
  };
  for (const i of prompt.tokens.keys()) {
    const part = partOf.get(i);
    if (part === undefined) between.push(i);
    if (part?.tokens[0] !== i) continue;
    close();
    stretches.push({ tokens: part.tokens, text: prompt.text.slice(part.start, part.end), frozen: false });
  }
  close();
  return stretches;
}

/** Standard errors add up over no tokens: they are known of stretches that were units. */
function unitErrors({ units }: AttributionRecord, stretches: readonly Stretch[]): number[] | null {
  const errors = units?.standardError;
  if (!errors) return null;
  const unitOf = new Map(units!.prompt.map(({ tokens }, u): [string, number] => [String(tokens), u]));
  const found = stretches.map(({ tokens, frozen }) => frozen ? 0 : errors[unitOf.get(String(tokens)) ?? -1]);
  return found.some((error) => error === undefined) ? null : found;
}
