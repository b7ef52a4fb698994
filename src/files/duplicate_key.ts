/**
 * Finds the first key that an object of a JSON text has twice, undefined if there is none. `JSON.parse` keeps the last
 * of such values and drops the others in silence.
 *
 * @param json a valid JSON text
 */
export function findDuplicateKey(json: string): string | undefined {
  /** Keys so far of each object around a position; null for a list. */
  const around: (Set<string> | null)[] = [];
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === "{") around.push(new Set());
    else if (character === "[") around.push(null);
    else if (character === "}" || character === "]") around.pop();
    else if (character === '"') {
      const end = stringEnd(json, i);
      const keys = around.at(-1);
      // In an object, a string before a colon is a key and any other a value.
      if (keys && json[skipSpace(json, end)] === ":") {
        const key = JSON.parse(json.slice(i, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Returns the position after the string that starts at `at`. */
function stringEnd(json: string, at: number): number {
  let i = at + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i + 1;
}

function skipSpace(json: string, at: number): number {
  let i = at;
  while (json[i] === " " || json[i] === "\n" || json[i] === "\r" || json[i] === "\t") i++;
  return i;
}
