/** Levels of a value; a chat has three. */
const MOST_LEVELS = 64;

/**
 * Makes plain data of a value of Parquet: whole numbers of 64 bits that others cannot hold, and moments, are texts.
 *
 * @throws {RangeError} if it is nested too deeply
 */
export function plainValue(value: unknown, levels = MOST_LEVELS): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (levels === 0) throw new RangeError(`Cannot read a value as it must have at most ${MOST_LEVELS} levels: got more`);
  if (Array.isArray(value)) return value.map((item) => plainValue(item, levels - 1));
  // Bytes that are no text are no value of a prompt.
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plainValue(child, levels - 1)]));
}
