import { stringify } from "npm:csv-stringify@6/sync";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { type Agreement, agreement } from "../../metrics/agreement.ts";
import { stability } from "../../metrics/stability.ts";
import { byUnits } from "../../report/view/by_units.ts";
import { methodText } from "../../report/words/method_text.ts";
import { numberText, percentText } from "../../report/text/number_text.ts";
import { textTable } from "../../report/text/text_table.ts";
import { visibleText } from "../../report/text/visible_token.ts";
import { comparableUnits, unitsInCommon } from "./comparable.ts";

/** A record by the name that it is known by, such as its file. */
export interface ComparedRecord {
  /** What tables call it. */
  readonly name: string;
  /** The record. */
  readonly record: AttributionRecord;
}

/** Agreement with null for what does not exist, such as the correlation of a constant. */
export type AgreementNumbers = { readonly [measure in keyof Agreement]: number | null };

/** How far attributions of the same prompt and target agree. */
export interface RecordComparison {
  /** What was compared. */
  readonly records: readonly { readonly name: string; readonly method: string; readonly model: string }[];
  /** Units that are free in all, and each record's attribution of them, nats. */
  readonly units: readonly { readonly text: string; readonly attributions: readonly number[] }[];
  /** Each two: the first against the second. */
  readonly pairs: readonly ({ readonly a: string; readonly b: string } & AgreementNumbers)[];
  /** Of three records or more. */
  readonly stability: {
    /** Σ standard deviation / Σ |mean| */
    readonly relativeDeviation: number | null;
    /** Share of the units whose sign is the same in all. */
    readonly sameSign: number;
  } | null;
}

/**
 * Compares the sequence attributions of records.
 *
 * @param top k of the overlap; a quarter of the units by default
 * @throws {RangeError} for fewer than two records, of different prompts, targets or units, or a k that is not 1 … units
 */
export function compareRecords(given: readonly ComparedRecord[], top?: number): RecordComparison {
  if (given.length < 2) throw new RangeError(`Cannot compare as there must be two records: got ${given.length}`);
  const all = given.map(({ record }) => comparableUnits(record));
  const common = unitsInCommon(all);
  if (typeof common === "string") {
    throw new RangeError(`Cannot compare as prompt, target and units must be the same in all: ${common}`);
  }
  const values = all.map((one) => common.map((u) => one.values[u]));
  const shown = byUnits(given[0].record).prompt.tokens;
  const varies = given.length > 2 ? stability(values, top) : null;
  return {
    records: given.map(({ name, record }) => ({
      ...{ name, method: methodText(record), model: `${record.model.id} (${record.model.quantization})` },
    })),
    units: common.map((u, k) => ({ text: shown[u].text, attributions: values.map((one) => one[k]) })),
    pairs: given.flatMap(({ name: b }, j) =>
      given.slice(0, j).map(({ name: a }, i) => ({ a, b, ...numbersOf(agreement(values[i], values[j], top)) }))
    ),
    stability: varies && { relativeDeviation: orNull(varies.relativeDeviation), sameSign: varies.sameSign },
  };
}

function numbersOf(found: Agreement): AgreementNumbers {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, orNull(value)])) as AgreementNumbers;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The comparison for a terminal. */
export function agreementTable({ records, units, pairs, stability }: RecordComparison): string {
  const letters = records.map((_, i) => i < 26 ? String.fromCharCode(65 + i) : `#${i + 1}`);
  const letter = (name: string) => letters[records.findIndex((record) => record.name === name)];
  const legend = records.map(({ name, method, model }, i) => `${letters[i]}  ${method}, ${model}: ${name}`);
  const rows = pairs.map((pair) => [
    `${letter(pair.a)} / ${letter(pair.b)}`,
    ...[pair.pearson, pair.spearman, pair.kendall].map((value) => numberText(value, 3)),
    `${percentText(pair.topOverlap)} of ${pair.top}`,
    ...[pair.signAgreement, pair.relativeDistance].map(percentText),
  ]);
  const head = ["pair", "Pearson", "Spearman", "Kendall", "top overlap", "same sign", "L1 distance"];
  const byUnit = units.map(({ text, attributions }) => [
    visibleText(text),
    ...attributions.map((value) => value.toFixed(4).replace("-", "−")),
  ]);
  const varies = stability === null
    ? ""
    : `\nstandard deviation over all ${records.length}: ${
      percentText(stability.relativeDeviation)
    } of the mean; the sign is ` +
      `the same in all for ${percentText(stability.sameSign)} of the units\n`;
  return `${legend.join("\n")}\n\n${textTable({ head, rows })}${varies}\n${
    textTable({ head: ["unit", ...letters], rows: byUnit })
  }`;
}

/** The pairs as CSV. */
export function agreementCsv({ pairs }: RecordComparison): string {
  const columns = [
    "a",
    "b",
    "pearson",
    "spearman",
    "kendall",
    "topOverlap",
    "top",
    "signAgreement",
    "relativeDistance",
  ];
  const header = columns.map((key) => ({ key, header: key.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`) }));
  return stringify([...pairs], { header: true, columns: header });
}
