import type { AttributionRecord } from "../../src/explain/record/record.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import { resolveOptions } from "../../src/explain/methods/resolve_options.ts";
import { closedFormRecord } from "../explain/closed_form_record.ts";

/** A record for the tests of the report: "to" occurs twice, and the texts hold what must be escaped. */
export function sampleRecord(
  options: AttributionOptions = {},
  prompt = "go to <b> & to sleep",
): AttributionRecord {
  return closedFormRecord({ prompt, target: ' a "dream".' }, resolveOptions(options));
}

/** The record with one sequence attribution replaced. */
export function withAttribution(record: AttributionRecord, values: readonly number[]): AttributionRecord {
  return { ...record, sequenceAttribution: values };
}

/**
 * The record of words [first two tokens, one, …], as a sampled surrogate gives it: every field that a record may have.
 */
export function sampledRecord(): AttributionRecord {
  const record = sampleRecord({ method: "lime", scheme: "zero", units: "words", tokens: true });
  const [T, L] = [record.target.tokens.length, record.prompt.tokens.length];
  const positions = [[0, 1], ...Array.from({ length: L - 2 }, (_, i) => [i + 2])];
  const rows = (width: number, value: (t: number, i: number) => number) =>
    Array.from({ length: T }, (_, t) => Array.from({ length: width }, (_, i) => value(t, i)));
  const sequence = positions.map((_, u) => u - 2.5);
  return {
    ...record,
    standardError: Array.from({ length: L }, (_, i) => (i + 1) / 100),
    units: {
      prompt: positions.map((tokens, u) => ({
        text: tokens.map((i) => record.prompt.tokens[i].text).join(""),
        name: u === 1 ? "slot" : null,
        tokens,
        frozen: u === 2,
      })),
      attribution: rows(L - 1, (t, u) => u - t),
      sequence,
      standardError: sequence.map((_, u) => (u + 1) / 100),
      entryError: null,
    },
    sampling: {
      calls: 120,
      samples: 118,
      degreesOfFreedom: 100,
      halfWidth: 1.98,
      tokenStandardError: rows(L, (t, i) => (t + i + 1) / 1000),
      stopped: { by: "samples", asked: null, reached: 0.25, met: null },
    },
    surrogate: {
      samples: 100,
      intercept: Array(T + 1).fill(-3),
      r2: Array(T + 1).fill(0.75),
      heldOut: {
        samples: 20,
        r2: [...Array(T).fill(null), 0.5],
        lds: Array(T + 1).fill(0.625),
        ldsInterval: [...Array(T).fill(null), [0.25, 0.875]],
      },
    },
    completeness: {
      ...record.completeness,
      ...{ delta: null, relative: null },
      sequence: { delta: null, relative: null, certificate: null, tolerance: null, met: null },
      arithmeticFloor: null,
    },
  };
}
