import { errorText } from "../../files/system_error.ts";
import { boundedText } from "../../report/text/bounded_text.ts";

/** Message of whatever was thrown, cut if it is endless: it is written for each cell. */
export function messageOf(error: unknown): string {
  return boundedText(errorText(error));
}
