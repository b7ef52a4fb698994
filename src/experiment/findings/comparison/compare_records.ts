import type { AttributionRecord } from "../../../explain/record/record.ts";
import { agreement } from "../../../metrics/agreement.ts";
import { stability } from "../../../metrics/stability.ts";
import { byUnits } from "../../../report/view/by_units.ts";
import { methodText } from "../../../report/words/method_text.ts";
import { type AgreementNumbers, agreementNumbers, finiteOrNull } from "./agreement_numbers.ts";
import { comparableUnits, unitsInCommon } from "./comparable_units.ts";

/** A record with a name, such as its file's. */
export interface ComparedRecord {
  /** Name in tables. */
  readonly name: string;
  /** The record. */
  readonly record: AttributionRecord;
}

/** Agreement of attributions of the same prompt and target. */
export interface RecordComparison {
  /** The records that were compared. */
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
 * @throws {RangeError} if there are fewer than two records, their prompts, targets or units differ, or k is not 1 …
 * units
 */
export function compareRecords(given: readonly ComparedRecord[], top?: number): RecordComparison {
  if (given.length < 2) throw new RangeError(`Cannot compare as there must be two records: got ${given.length}`);
  const all = given.map(({ record }) => comparableUnits(record));
  given.forEach(({ name }, i) => {
    const wrong = unitsInCommon([all[0], all[i]]);
    if (typeof wrong !== "string") return;
    throw new RangeError(
      `Cannot compare ${name} as its prompt, target and units must be those of ${given[0].name}: got that ${wrong}`,
    );
  });
  const common = unitsInCommon(all);
  if (typeof common === "string") {
    throw new RangeError(`Cannot compare as a unit must be free in all: got that ${common}`);
  }
  const values = all.map((one, i) => common[i].map((u) => one.values[u]));
  const shown = byUnits(given[0].record).prompt.tokens;
  const varies = given.length > 2 ? stability(values, top) : null;
  return {
    records: given.map(({ name, record }) => ({
      ...{ name, method: methodText(record), model: `${record.model.id} (${record.model.quantization})` },
    })),
    units: common[0].map((u, k) => ({ text: shown[u].text, attributions: values.map((one) => one[k]) })),
    pairs: given.flatMap(({ name: b }, j) =>
      given.slice(0, j).map(({ name: a }, i) => ({ a, b, ...agreementNumbers(agreement(values[i], values[j], top)) }))
    ),
    stability: varies && { relativeDeviation: finiteOrNull(varies.relativeDeviation), sameSign: varies.sameSign },
  };
}
