import { shownValue } from "../../../files/shown_value.ts";
import type { Span } from "../../../units/text_segments.ts";
import type { KnownCause } from "./truth.ts";

/**
 * Finds a cause in a text.
 *
 * @throws {RangeError} if the text does not have it exactly once, or the offsets are not in it
 */
export function locateCause(text: string, cause: KnownCause, what: "prompt" | "target"): Span {
  if (typeof cause !== "string") {
    const [start, end] = cause;
    if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= text.length) {
      return { start, end };
    }
    const got = `${shownValue(start)} … ${shownValue(end)}`;
    throw new RangeError(`Cannot find the cause as its span must lie in 0 … ${text.length}: got ${got}`);
  }
  const start = text.indexOf(cause);
  if (start < 0 || text.includes(cause, start + cause.length)) {
    const times = text.split(cause).length - 1;
    const help = what === "prompt" && times > 1 ? "; give [start, end]" : "";
    throw new RangeError(`Cannot find ${shownValue(cause)} as the ${what} must have it once: got ${times}${help}`);
  }
  return { start, end: start + cause.length };
}
