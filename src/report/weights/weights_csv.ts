import type { WeightsRecord } from "../../explain/weights/weights_record.ts";
import { csvText } from "../text/csv_text.ts";

const COLUMNS = ["scope", "layer", "matrix", "head", "position", "token", "share", "error"] as const;

/** A comparison of weights as tidy CSV: of each part of a weight a row in all, and one for each position. */
export function weightsCsv({ shares, prompt, target }: WeightsRecord): string {
  const tokens = [...prompt.tokens, ...target.tokens.slice(0, -1)];
  const rows = shares.flatMap(({ layer, matrix, head, share, error, positions }) => [
    { scope: "weight", layer, matrix, head, position: "", token: "", share, error },
    ...positions.map((value, position) => ({
      ...{ scope: "position", layer, matrix, head, position, token: tokens[position].text },
      ...{ share: value, error: "" },
    })),
  ]);
  return csvText(rows, COLUMNS);
}
