/** Characters of a wrong value that a message shows. */
const SHOWN = 120;

/** Returns the start of a value's JSON, for messages: a malformed file may hold a value of any size and depth. */
export function shownValue(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = `a ${typeof value} that is nested too deeply`;
  }
  return (text ?? String(value)).slice(0, SHOWN);
}
