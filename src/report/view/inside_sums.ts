import { total } from "./score_sums.ts";
import { insideValues, type RecordInside } from "../../explain/record/record_inside.ts";

/** Conductance of one part of one layer. */
interface InsidePart {
  readonly layer: number;
  readonly part: string;
  /** Of each position, nats. */
  readonly positions: readonly number[];
  /** Their sum. */
  readonly value: number;
}

/** Lists the parts of all layers, in order. */
export function insideSums(inside: RecordInside): InsidePart[] {
  const values = insideValues(inside);
  const { firstLayer, parts, shape: [layers, , positions] } = inside;
  return Array.from({ length: layers }, (_, at) => at).flatMap((at) =>
    parts.map((part, p) => {
      const first = (at * parts.length + p) * positions;
      const row = [...values.subarray(first, first + positions)];
      return { layer: firstLayer + at, part, positions: row, value: total(row) };
    })
  );
}
