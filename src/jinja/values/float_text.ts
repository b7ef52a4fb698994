/** The digits of a float, 0.d₁d₂d₃… · 10^point, without a sign. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** Writes a float as Python's `repr`: the fewest digits that give it back, an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  return signOf(value) + placed({ digits, point: Number(exponent) + 1 }, 16, true);
}

/** Writes a float with a number of decimals, exact ties to even, as C does. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const scaled = roundedMultiple(Math.abs(value), decimals).toString().padStart(decimals + 1, "0");
  const whole = scaled.slice(0, scaled.length - decimals);
  return signOf(value) + whole + (decimals > 0 ? `.${scaled.slice(scaled.length - decimals)}` : "");
}

/** Writes a float with one digit before the point, a number of decimals, and an exponent. */
export function exponentText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const { digits, point } = significant(Math.abs(value), decimals + 1);
  return signOf(value) + withExponent({ digits, point });
}

/** Writes a float with a number of significant digits, as C's %g: without zeros at the end. */
export function generalText(value: number, precision: number, keepZeros = false): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const count = Math.max(precision, 1);
  const { digits, point } = significant(Math.abs(value), count);
  const kept = keepZeros ? digits : digits.replace(/(?<=.)0+$/, "");
  return signOf(value) + placed({ digits: kept, point }, count, false);
}

/** Rounds to a number of decimals, which may be negative, exact ties to even. */
export function roundTo(value: number, decimals: number): number {
  if (!Number.isFinite(value) || decimals > 400) return value;
  if (decimals < -400) return 0 * value;
  const units = roundedMultiple(Math.abs(value), decimals);
  return Number(`${signOf(value)}${units}e${-decimals}`);
}

/** Rounds the quotient of two whole numbers, ties to even. */
export function roundedQuotient(above: bigint, below: bigint): bigint {
  const whole = above / below;
  const twice = 2n * (above - whole * below);
  return twice > below || twice === below && whole % 2n === 1n ? whole + 1n : whole;
}

/** Returns value · 10^decimals, rounded to a whole number. */
function roundedMultiple(value: number, decimals: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n & 0x7ffn);
  const fraction = bits & (1n << 52n) - 1n;
  const mantissa = exponent === 0 ? fraction : fraction | 1n << 52n;
  const shift = Math.max(exponent, 1) - 1075;
  const above = mantissa * (shift > 0 ? 1n << BigInt(shift) : 1n) * (decimals > 0 ? 10n ** BigInt(decimals) : 1n);
  const below = (shift < 0 ? 1n << BigInt(-shift) : 1n) * (decimals < 0 ? 10n ** BigInt(-decimals) : 1n);
  return roundedQuotient(above, below);
}

function significant(value: number, count: number): Digits {
  if (value === 0) return { digits: "0".repeat(count), point: 1 };
  let point = Number(value.toExponential().split("e")[1]) + 1;
  let digits = roundedMultiple(value, count - point).toString();
  // 9.99 has one digit more when it is rounded to 10.0.
  if (digits.length > count) digits = roundedMultiple(value, count - ++point).toString();
  return { digits, point };
}

/** Puts the point among the digits, or an exponent behind them where the number is too small or large for that. */
function placed({ digits, point }: Digits, largest: number, fraction: boolean): string {
  if (point <= -4 || point > largest) return withExponent({ digits, point });
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (digits.length > point) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  return digits.padEnd(point, "0") + (fraction ? ".0" : "");
}

function withExponent({ digits, point }: Digits): string {
  const exponent = /^0+$/.test(digits) ? 0 : point - 1;
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}
