import { missing } from "../template_error.ts";
import { pointsOf } from "./code_points.ts";

const CASED = /^\p{Cased}$/u;
const IGNORED = /^\p{Case_Ignorable}$/u;
const TITLE = /^\p{Lt}$/u;
const UPPER = /^\p{Uppercase}$/u;
const LOWER = /^\p{Lowercase}$/u;
// Letters whose title case is neither their upper case nor begins with it.
const OWN_TITLE =
  /^[\u0149\u01c4-\u01cc\u01f0\u01f1-\u01f3\u0390\u03b0\u0587\u10d0-\u10fa\u10fd-\u10ff\u1e96-\u1e9a\u1f50-\u1fff\ufb13-\ufb17]$/;
const GREEK_SIGMA = "Σ";

/** Makes the first character upper case, as in a title, and all others lower case. */
export function capitalize(text: string): string {
  return pointsOf(text).map((point, i, all) => i === 0 ? titleOf(point) : lowerAt(all, i)).join("");
}

/** Makes the first letter of each word upper case, as Python's method: a word is a run of letters with case. */
export function title(text: string): string {
  let within = false;
  return pointsOf(text).map((point, i, all) => {
    const shown = within ? lowerAt(all, i) : titleOf(point);
    within = CASED.test(point);
    return shown;
  }).join("");
}

/** Makes upper case of lower case and the other way round. */
export function swapCase(text: string): string {
  return pointsOf(text).map((point, i, all) =>
    UPPER.test(point) ? lowerAt(all, i) : LOWER.test(point) ? point.toUpperCase() : point
  ).join("");
}

/** True if a text has letters with case, and all of them are of one. */
export function isOfCase(text: string, letters: "upper" | "lower"): boolean {
  const [wanted, other] = letters === "upper" ? [UPPER, LOWER] : [LOWER, UPPER];
  const points = pointsOf(text);
  return points.some((point) => wanted.test(point)) &&
    !points.some((point) => other.test(point) || TITLE.test(point));
}

/** True if upper case begins each word, and only words. */
export function isTitle(text: string): boolean {
  let within = false;
  let found = false;
  for (const point of pointsOf(text)) {
    const begins = UPPER.test(point) || TITLE.test(point);
    if (begins && within || LOWER.test(point) && !within) return false;
    found ||= begins;
    within = begins || LOWER.test(point);
  }
  return found;
}

function titleOf(point: string): string {
  if (OWN_TITLE.test(point)) throw missing(`the title case of ${point}`);
  if (TITLE.test(point)) return point;
  const [first = "", ...rest] = pointsOf(point.toUpperCase());
  return first + rest.join("").toLowerCase();
}

/** Lower case of one character, which for a sigma depends on whether a word ends with it. */
function lowerAt(points: readonly string[], i: number): string {
  if (points[i] !== GREEK_SIGMA) return points[i].toLowerCase();
  const nextCased = (step: number) => {
    let at = i + step;
    while (at >= 0 && at < points.length && IGNORED.test(points[at])) at += step;
    return CASED.test(points[at] ?? "");
  };
  return nextCased(-1) && !nextCased(1) ? "ς" : "σ";
}
