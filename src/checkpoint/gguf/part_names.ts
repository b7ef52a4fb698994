/** Parts that the numbers in their names have room for. */
export const MOST_PARTS = 99999;

/**
 * Lists the files of a split model by the first of them: "name-00001-of-00003.gguf" and the two others. Any other file
 * is the whole model.
 */
export function partNames(first: string): string[] {
  const [ending, digits] = /-00001-of-(\d{5})\.gguf$/.exec(first) ?? [];
  if (ending === undefined) return [first];
  const start = first.slice(0, -ending.length);
  const count = Math.max(1, Number(digits));
  return Array.from({ length: count }, (_, i) => `${start}-${String(i + 1).padStart(5, "0")}-of-${digits}.gguf`);
}
