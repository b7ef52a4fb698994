import { boundedText } from "../../report/text/bounded_text.ts";

/** Message of whatever was thrown, cut if it is endless: it is written for each cell. */
export function messageOf(error: unknown): string {
  return boundedText(error instanceof Error ? error.message : String(error));
}
