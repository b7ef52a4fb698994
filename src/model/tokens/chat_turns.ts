/** A message of a chat. */
export interface ChatMessage {
  /** The speaker. */
  readonly role: "system" | "user" | "assistant";
  /** The text. */
  readonly content: string;
}

/** The place of a message's content, in UTF-16 code units. */
export interface ChatTurn {
  /** Its role, numbered from the second turn of that role on: `user 2`. */
  readonly name: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last one. */
  readonly end: number;
  /** Number of the message. */
  readonly message: number;
}

/** A chat as the model reads it. */
export interface RenderedTurns {
  /** Template and messages. */
  readonly text: string;
  /** Of every message that is not empty. */
  readonly turns: readonly ChatTurn[];
}

/**
 * Renders a chat and finds its messages in it: they are rendered a second time as placeholders that no template
 * contains. The text between them belongs to the template. Contents that templates trim are found trimmed.
 *
 * @param render the chat template
 * @throws {RangeError} if the template changes contents or leaves some out
 */
export function renderTurns(
  render: (messages: readonly ChatMessage[]) => string,
  messages: readonly ChatMessage[],
): RenderedTurns {
  const text = render(messages);
  const marks = messages.map((_, i) => `\u{F0000}${i}\u{F0001}`);
  const pattern = render(messages.map(({ role }, i) => ({ role, content: marks[i] })));
  const names = turnNames(messages);
  const turns: ChatTurn[] = [];
  let at = 0;
  let patternAt = 0;
  const skip = (between: string) => {
    if (!text.startsWith(between, at)) throw changed(names[turns.length] ?? "the end", text.slice(at, at + 20));
    at += between.length;
  };
  messages.forEach(({ content }, i) => {
    const mark = pattern.indexOf(marks[i], patternAt);
    if (mark < 0) throw changed(names[i], "nothing");
    skip(pattern.slice(patternAt, mark));
    patternAt = mark + marks[i].length;
    const shown = [content, content.trim()].find((form) => text.startsWith(form, at));
    if (shown === undefined) throw changed(names[i], text.slice(at, at + 20));
    turns.push({ name: names[i], start: at, end: at + shown.length, message: i });
    at += shown.length;
  });
  skip(pattern.slice(patternAt));
  if (at !== text.length) throw changed("the end", text.slice(at, at + 20));
  return { text, turns: turns.filter(({ start, end }) => end > start) };
}

function turnNames(messages: readonly ChatMessage[]): string[] {
  const counts = new Map<string, number>();
  return messages.map(({ role }) => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    return count === 1 ? role : `${role} ${count}`;
  });
}

function changed(turn: string, got: string): RangeError {
  return new RangeError(
    `Cannot find the turns of the chat as its template must hold each message as it is: got ${
      JSON.stringify(got)
    } for ` +
      turn,
  );
}
