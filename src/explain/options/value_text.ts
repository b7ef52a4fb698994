const LONGEST = 60;

/** Writes a value as an error shows it. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `the list ${shorten(listText(value))}`;
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? shorten(JSON.stringify(value)) : String(value);
}

/** A caller's list may hold itself, or what JSON does not know. */
function listText(list: readonly unknown[]): string {
  try {
    return JSON.stringify(list);
  } catch {
    return "[…]";
  }
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text;
}
