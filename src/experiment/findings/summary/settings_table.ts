import { quantile } from "../../../statistics/quantile.ts";
import { total } from "../../../report/view/score_sums.ts";
import { numberText } from "../../../report/text/number_text.ts";
import type { TextTable } from "../../../report/text/text_table.ts";
import { labelOf } from "../findings.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { errorText } from "../row_words.ts";

/** A row for each setting, and model if there are several: quantiles of the completeness error over its cells. */
export function settingsTable(rows: readonly ResultRow[]): TextTable {
  const groups = Map.groupBy(rows, labelOf(rows));
  return {
    head: ["setting", "cells", "median error", "95 % below", "largest", "missed", "seconds"],
    rows: [...groups].map(([label, members]) => {
      const errors = members.flatMap(({ sequence }) => sequence.relative ?? []);
      const texts = [0.5, 0.95, 1].map((share) =>
        errors.length === 0 ? "" : errorText(members[0].cell, quantile(errors, share))
      );
      const missed = members.filter(isUnmet).length;
      const seconds = total(members.map(({ cost }) => cost.seconds));
      return [label, String(members.length), ...texts, missed === 0 ? "" : String(missed), numberText(seconds, 3)];
    }),
  };
}
