/** Writes a key and its value in two columns. */
export function keyLine(key: string, value: string): string {
  return `${key.padEnd(18)}${value}\n`;
}
