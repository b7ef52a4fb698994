/** Characters that a terminal obeys: controls besides line breaks and tabs, and overrides of direction. */
const OBEYED = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text that a terminal shows and does not obey: control characters as `\u{1b}`; line breaks and tabs stay. */
export function terminalText(text: string): string {
  return text.replace(OBEYED, shown);
}

/** The same on one line: line breaks of any kind and tabs are shown, too. */
export function terminalLine(text: string): string {
  return terminalText(text).replace(/[\n\t\u2028\u2029]/g, shown);
}

function shown(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
