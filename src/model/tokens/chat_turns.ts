import { SPACE, strip } from "../../jinja/values/code_points.ts";

/** A message of a chat. */
export interface ChatMessage {
  /** The speaker. */
  readonly role: "system" | "user" | "assistant";
  /** The text. */
  readonly content: string;
}

/** Renders messages and the start of the answer, as it is at a time: some templates show the date. */
export type RenderChat = (messages: readonly ChatMessage[], now: Date) => string;

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

/** White space of Python's that no template has, at the left and the right of placeholders. */
const [LEFT, RIGHT] = ["\x1c", "\x1d"];
/** White space that Python's `strip` takes away, which is not quite JavaScript's. */
const SPACES = new RegExp(`^[${SPACE}]*`);

/**
 * Renders a chat and finds its messages in it: they are rendered a second time as placeholders that no template
 * contains. The text between them belongs to the template. Contents may stand there without white space at their ends.
 *
 * @param render the chat template
 * @throws {RangeError} if the template changes contents or leaves some out
 */
export function renderTurns(
  render: (messages: readonly ChatMessage[], now: Date) => string,
  messages: readonly ChatMessage[],
): RenderedTurns {
  const now = new Date();
  const text = render(messages, now);
  const names = turnNames(messages);
  const { between, contents } = surroundingsOf(render, messages, names, now);
  const turns: ChatTurn[] = [];
  let at = 0;
  const skip = (part: string, name: string) => {
    if (!text.startsWith(part, at)) throw changed(name, text.slice(at, at + 20));
    at += part.length;
  };
  contents.forEach((content, i) => {
    skip(between[i], names[i]);
    const isLast = i === messages.length - 1;
    const follows = (end: number) =>
      text.startsWith(between[i + 1], end) && (!isLast || end + between[i + 1].length === text.length);
    const length = shownLength(content, text, at, follows);
    if (length === null) throw changed(names[i], text.slice(at, at + 20));
    turns.push({ name: names[i], start: at, end: at + length, message: i });
    at += length;
  });
  skip(between[messages.length], "the end");
  return { text, turns: turns.filter(({ start, end }) => end > start) };
}

/** A template around its messages. */
interface Surroundings {
  /** Texts before, between and behind the messages. */
  readonly between: readonly string[];
  /** For each message, its content without the white space that the template takes away. */
  readonly contents: readonly string[];
}

/** Finds what a template writes around messages: they are rendered as placeholders with white space at both ends. */
function surroundingsOf(
  render: RenderChat,
  messages: readonly ChatMessage[],
  names: readonly string[],
  now: Date,
): Surroundings {
  const marks = messages.map((_, i) => `\u{F0000}${i}\u{F0001}`);
  const placeholders = messages.map(({ role }, i) => ({ role, content: LEFT + marks[i] + RIGHT }));
  const pattern = render(placeholders, now);
  let from = 0;
  const places = marks.map((mark, i) => {
    const start = pattern.indexOf(mark, from);
    if (start < 0) throw changed(names[i], "nothing");
    from = start + mark.length;
    const keepsLeft = pattern[start - 1] === LEFT;
    const keepsRight = pattern[from] === RIGHT;
    return { keepsLeft, keepsRight, start: start - Number(keepsLeft), end: from + Number(keepsRight) };
  });
  const ends = [0, ...places.map(({ end }) => end)];
  const between = ends.map((end, i) => pattern.slice(end, places[i]?.start));
  const contents = messages.map(({ content }, i) => {
    const rest = places[i].keepsLeft ? content : strip(content, "left");
    return places[i].keepsRight ? rest : strip(rest, "right");
  });
  return { between, contents };
}

/**
 * Finds how much of a text, from a place on, is a content: as it is, or without some of the white space at its ends.
 * Null if the content does not stand there.
 *
 * @param follows true for a place at which the text goes on as it should behind the content
 */
function shownLength(content: string, text: string, at: number, follows: (end: number) => boolean): number | null {
  const [before] = SPACES.exec(content)!;
  const core = strip(content, "both");
  const [kept] = SPACES.exec(text.slice(at, at + before.length + 1))!;
  if (core === "") {
    const end = lastPlace(at, at + Math.min(kept.length, content.length), follows);
    return end !== null && content.includes(text.slice(at, end)) ? end - at : null;
  }
  const start = at + kept.length;
  if (!before.endsWith(kept) || !text.startsWith(core, start)) return null;
  const behind = content.slice(before.length + core.length);
  let most = 0;
  while (most < behind.length && text[start + core.length + most] === behind[most]) most++;
  const end = lastPlace(start + core.length, start + core.length + most, follows);
  return end === null ? null : end - at;
}

/** Finds the last place of a range that a condition holds for, null if there is none. */
function lastPlace(first: number, last: number, holds: (place: number) => boolean): number | null {
  for (let place = last; place >= first; place--) if (holds(place)) return place;
  return null;
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
