import type { AttributionRecord } from "../../explain/record/record.ts";
import { spanTable, throughTitle } from "../table/through_table.ts";
import { metricsTable } from "../table/metrics_table.ts";
import { bytesText } from "../text/bytes_text.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { visibleTokens } from "../text/visible_token.ts";
import { movingTokens } from "../../explain/record/moving_tokens.ts";
import { type RecordPieces, recordPieces } from "../view/by_characters.ts";
import { insideSums } from "../view/inside_sums.ts";
import { isUnsigned } from "../view/is_unsigned.ts";
import { supportSign } from "../view/support.ts";
import { throughRows } from "../view/through_rows.ts";
import { completenessText } from "../words/completeness_text.ts";
import { methodText } from "../words/method_text.ts";
import { shorter, shorterRows } from "./pack.ts";
import { pageContext } from "./page_context.ts";
import type { PageCell, PageChains, PageCurve, PageInside, PageText } from "./page_data.ts";
import { recordInPieces, tokenLevel, unitLevel } from "./page_level.ts";

/** More spans make no page: those that most chains pass. */
const MOST_SPANS = 24;

/** The parts of a record that a page shows: its texts, and all else. */
export function pageCell(
  record: AttributionRecord,
): { readonly text: PageText; readonly cell: Omit<PageCell, "text"> } {
  const pieces = recordPieces(record);
  const { certificate, tolerance, met } = record.completeness.sequence;
  const hasCertificate = certificate !== null || tolerance !== null;
  return {
    text: pageText(pieces),
    cell: {
      title: methodText(record),
      model: `${record.model.id} (${record.model.quantization})`,
      errors: completenessText(record),
      unit: record.score.unit,
      sign: isUnsigned(record) ? 0 : supportSign(record),
      certificate: hasCertificate ? { value: certificate, met } : null,
      advice: record.advice,
      tokens: tokenLevel(record, pieces),
      units: unitLevel(record, pieces),
      isCut: false,
      inside: insideOf(record),
      chains: chainsOf(record, pieces),
      context: pageContext(record, pieces),
      metrics: record.metrics === undefined ? null : metricsTable(record.metrics, record.score.unit),
      curves: curvesOf(record),
      facts: factsOf(record),
    },
  };
}

function pageText({ prompt, target }: RecordPieces): PageText {
  const sizes = prompt.flatMap(({ tokens }, i) => tokens.length > 1 ? [[`${i}`, tokens.length] as const] : []);
  return {
    prompt: prompt.map(({ text }) => text),
    target: target.map(({ text }) => text),
    frozen: prompt.flatMap(({ frozen }, i) => frozen ? [i] : []),
    joined: Object.fromEntries(sizes),
  };
}

function insideOf(record: AttributionRecord): PageInside | null {
  const { inside } = record;
  if (inside === undefined) return null;
  const parts = insideSums(inside);
  const stream = parts.filter(({ part }) => part === "residual").map(({ positions }) => positions);
  const through = parts.filter(({ part }) => part !== "residual");
  const width = inside.parts.length - 1;
  return {
    firstLayer: inside.firstLayer,
    parts: inside.parts.filter((part) => part !== "residual"),
    sums: stream.map((_, at) => through.slice(at * width, (at + 1) * width).map(({ value }) => shorter(value))),
    positions: visibleTokens([...record.prompt.tokens, ...movingTokens(record)].map(({ text }) => text)),
    stream: shorterRows(stream),
    note: inside.disagreement === null ? "" : `all cuts agree to ${percentText(inside.disagreement)}`,
  };
}

function chainsOf(record: AttributionRecord, pieces: RecordPieces): PageChains | null {
  const { through } = record;
  if (through === undefined) return null;
  const inPieces = recordInPieces(record, pieces);
  const spanOf = pieces.target.map(({ tokens: [first] }) =>
    through.spans.findIndex(({ tokens }) => tokens.includes(first))
  );
  return {
    title: throughTitle(record),
    answer: pieces.target.flatMap(({ tokens }, i) => through.answer.tokens.includes(tokens[0]) ? [i] : []),
    reach: spanOf.map((span) => through.spans[span]?.reach ?? null),
    spanOf: spanOf.map((span) => span < 0 ? null : span),
    ways: throughRows(inPieces, MOST_SPANS).map((way) => ({
      ...way,
      values: way.values.map((value) => shorter(value)),
    })),
    spans: spanTable(record),
  };
}

function curvesOf({ metrics }: AttributionRecord): PageCurve[] {
  const titles = { deletion: "deletion: units taken away", insertion: "insertion: units put back" } as const;
  return (["deletion", "insertion"] as const).flatMap((name) => {
    const curve = metrics?.[name]?.curve;
    if (curve === undefined) return [];
    const { counts, scores, controlMean, controlDeviation } = curve;
    return [{ title: titles[name], counts, scores, mean: controlMean, deviation: controlDeviation }];
  });
}

function factsOf({ model, device, method, score, target, cost }: AttributionRecord): [string, string][] {
  const options = Object.entries(method).filter(([name, value]) => name !== "name" && value !== null)
    .map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.join(", ") : String(value)]);
  const generation = Object.entries(target.generation ?? {}).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(", ") : value}`).join(", ");
  return [
    ["method", method.name],
    ...options,
    ["objective", `${score.objective}, ${score.unit}`],
    ...(generation === "" ? [] : [["generated with", generation] as [string, string]]),
    ["model", `${model.id}, ${model.architecture}, ${model.quantization}, ${model.parameters} parameters`],
    ["weights", model.fingerprint],
    ["device", `${device.backend}, ${device.adapter}`],
    [
      "cost",
      `${numberText(cost.seconds, 3)} s, ${cost.pathPoints} path points, ${cost.forwardRows} rows forward, ` +
      `${cost.backwardRows} back, at most ${bytesText(cost.peakBytes)}`,
    ],
  ];
}
