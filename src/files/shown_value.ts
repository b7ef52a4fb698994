/** Characters of a wrong value that a message shows. */
const SHOWN = 120;

/** Names of a list that a message shows. */
const SHOWN_NAMES = 20;

/** Returns the start of a text, for messages that have it without quotes. */
export function shownText(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

/** Returns the first names of a list and the number of the others, for messages. */
export function shownNames(names: readonly string[], most: number = SHOWN_NAMES): string {
  const shown = names.slice(0, most).map(shownText).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/**
 * Returns the start of a value's JSON, for messages: a malformed file may hold a value of any size and depth. A key
 * that is not there has "nothing".
 */
export function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = `a ${typeof value} that is nested too deeply`;
  }
  return (text ?? String(value)).slice(0, SHOWN);
}
