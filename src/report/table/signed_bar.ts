import { type Paint, PLAIN } from "../text/paint.ts";

/**
 * Bars left and right of one axis, each side as wide as its largest value needs. Half a column is the finest step.
 *
 * @param largest magnitude that fills the width if no value does
 */
export function signedBar(values: readonly number[], largest: number, width: number) {
  const most = Math.max(0, ...values);
  const least = Math.max(0, ...values.map((value) => -value));
  const span = most + least || largest;
  const left = least === 0 ? 0 : Math.max(1, Math.round(((width - 1) * least) / span));
  const right = width - 1 - left;
  const scale = Math.min(most === 0 ? Infinity : right / most, least === 0 ? Infinity : left / least);
  const draw = (value: number, paint: Paint = PLAIN) => {
    const halves = Math.round(2 * Math.abs(value) * (Number.isFinite(scale) ? scale : 0));
    const full = "█".repeat(halves >> 1);
    const positive = value > 0 ? full + (halves % 2 === 1 ? "▌" : halves === 0 ? "▏" : "") : "";
    const negative = value < 0 ? (halves % 2 === 1 ? "▐" : halves === 0 && left > 0 ? "▕" : "") + full : "";
    return paint.negative(negative.padStart(left)) + "│" + paint.positive(positive.padEnd(right));
  };
  return { width, draw };
}
