import type { AttributionRecord } from "../../explain/record/record.ts";
import { contextTitle, dependenceTable } from "../table/context_table.ts";
import type { RecordPieces } from "../view/by_characters.ts";
import { shownLevel } from "../view/by_context.ts";
import { shorter, shorterRows } from "./pack.ts";
import type { PageContext } from "./page_data.ts";

/** Documents of a record, and what rests on them; null if it has none. */
export function pageContext(record: AttributionRecord, pieces: RecordPieces): PageContext | null {
  const { context, prompt } = record;
  if (context === undefined) return null;
  const { documents, dependent, dependence } = context;
  const { parts, sequence, attribution } = shownLevel(record);
  const divergence = dependence[dependence.by === "kl-reverse" ? "klReverse" : dependence.by];
  const pieceOf = (t: number) => pieces.target.findIndex(({ tokens }) => tokens.includes(t));
  return {
    title: contextTitle(record),
    dependence: pieces.target.map(({ tokens }) => shorter(Math.max(...tokens.map((t) => divergence[t])))),
    by: dependence.by,
    without: pieces.target.map(({ tokens }) => tokens.map((t) => dependence.without[t].text).join("")),
    dependent: dependent.map(pieceOf),
    documents: documents.map(({ name }, d) => ({
      name,
      parts: parts.flatMap(({ document }, p) => document === d ? [p] : []),
    })),
    parts: parts.map(({ start, end }) => prompt.text.slice(start, end)),
    sequence: sequence.map((value) => shorter(value)),
    attribution: attribution && shorterRows(attribution),
    table: dependenceTable(record),
  };
}
