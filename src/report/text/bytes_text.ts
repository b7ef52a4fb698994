const UNITS = [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const;

/** A number of bytes in the largest unit that leaves a digit before the point: "1.63 GiB", "492 MiB", "12 B". */
export function bytesText(bytes: number): string {
  const [unit, size] = UNITS.find(([, size]) => bytes >= size) ?? ["B", 1];
  const value = bytes / size;
  return `${size === 1 || value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
