/** Characters of a message that are shown. A damaged file may hold a value of any size. */
const MOST_OF_MESSAGE = 10_000;

/** Cuts a message of more than 10,000 characters, and says how many more there were. */
export function boundedText(message: string): string {
  if (message.length <= MOST_OF_MESSAGE) return message;
  const more = message.length - MOST_OF_MESSAGE;
  return `${message.slice(0, MOST_OF_MESSAGE)}… and ${more.toLocaleString("en")} characters more`;
}
