/** A number with `digits` significant digits and a true minus sign, `n/a` for null; `signed` writes the plus too. */
export function numberText(value: number | null, digits = 4, signed = false): string {
  if (value === null) return "n/a";
  const magnitude = Math.abs(value);
  const plain = magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6);
  const text = plain ? trimZeros(fixed(magnitude, digits)) : trimExponent(magnitude.toExponential(digits - 1));
  const sign = value < 0 ? "−" : signed && value > 0 ? "+" : "";
  return sign + text;
}

/** A number with `decimals` digits behind the point, which line up in a column, and a true minus sign. */
export function fixedText(value: number, decimals: number): string {
  return value.toFixed(decimals).replace("-", "−");
}

/** A share as a percentage with three significant digits, and `n/a` for null. */
export function percentText(share: number | null): string {
  return share === null ? "n/a" : `${numberText(Math.min(100 * share, Number.MAX_VALUE), 3)} %`;
}

function fixed(magnitude: number, digits: number): string {
  if (magnitude === 0) return "0";
  const exponent = Math.floor(Math.log10(magnitude));
  return magnitude.toFixed(Math.max(0, digits - 1 - exponent));
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function trimExponent(text: string): string {
  return text.replace(/\.?0*e/, "e").replace("e+", "e").replace("e-", "e−");
}
