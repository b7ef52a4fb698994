import type { Span } from "./align_tokens.ts";
import { type ChatMessage, type ChatTurn, type RenderChat, renderTurns } from "./chat_turns.ts";
import type { EncodedPrompt, PromptOptions, Token } from "./tokenizer.ts";

/** The parts of a tokenizer that encoding a prompt needs. */
export interface PromptEncoder {
  /** Returns token ids, of a text alone or with the special tokens that the tokenizer adds. */
  encode(text: string, tokens: "text" | "with-special"): Promise<number[]>;
  align(text: string, ids: readonly number[]): Span[];
  describe(ids: readonly number[]): Token[];
  /** Null if the tokenizer has no chat template. */
  readonly chat: RenderChat | null;
}

/**
 * Tokenizes a prompt, as it stands or as the last turn of a chat.
 *
 * @throws {RangeError} if `Tokenizer.encodePrompt` says so
 */
export async function encodePrompt(
  encoder: PromptEncoder,
  text: string,
  { chat = false, history = [] }: PromptOptions = {},
): Promise<EncodedPrompt> {
  if (chat) return await encodeChat([...history, { role: "user", content: text }], encoder);
  if (history.length > 0) throw new RangeError("Cannot use earlier messages as chat must be on: got chat off");
  return await encodePlain(text, encoder);
}

async function encodePlain(text: string, { encode, align, describe }: PromptEncoder): Promise<EncodedPrompt> {
  const plain = await encode(text, "text");
  const spans = align(text, plain);
  const ids = await encode(text, "with-special");
  const first = indexOfRun(ids, plain);
  const tokens = describe(ids).map((token, i) => {
    const span = spans[i - first];
    return { ...token, special: span === undefined, template: false, start: span?.start ?? -1, end: span?.end ?? -1 };
  });
  return { text, tokens, turns: [] };
}

/** Finds `run` in `ids`, the last place first: special tokens come before a text more often than after it. */
function indexOfRun(ids: readonly number[], run: readonly number[]): number {
  for (let first = ids.length - run.length; first >= 0; first--) {
    if (run.every((id, i) => ids[first + i] === id)) return first;
  }
  throw new RangeError("Cannot tokenize the prompt as special tokens must be around its tokens: got them within");
}

async function encodeChat(
  messages: readonly ChatMessage[],
  { chat, encode, align, describe }: PromptEncoder,
): Promise<EncodedPrompt> {
  if (chat === null) {
    throw new RangeError(
      "Cannot encode a chat as the tokenizer must have a chat_template: got none; a chat_template.jinja beside it is one",
    );
  }
  const rendered = renderTurns(chat, messages);
  const turns = rendered.turns.map((turn) => inWritten(turn, rendered.text, messages));
  const ids = await encode(rendered.text, "text");
  const spans = align(rendered.text, ids);
  const tokens = describe(ids).map((token, i) => {
    const { start, end } = spans[i];
    const t = rendered.turns.findIndex((turn) => turn.start < end && turn.end > start);
    if (t < 0) return { ...token, special: false, template: true, start: -1, end: -1 };
    const { start: from, end: to } = rendered.turns[t];
    const shift = turns[t].start - from;
    return {
      ...token,
      special: false,
      template: false,
      start: Math.max(start, from) + shift,
      end: Math.min(end, to) + shift,
    };
  });
  return { text: messages.map(({ content }) => content).join("\n"), tokens, turns };
}

/** Moves a turn of the rendered text to its place in the messages' contents, a line break between them. */
function inWritten({ start, end, ...turn }: ChatTurn, rendered: string, messages: readonly ChatMessage[]): ChatTurn {
  const before = messages.slice(0, turn.message).reduce((length, { content }) => length + content.length + 1, 0);
  const from = before + messages[turn.message].content.indexOf(rendered.slice(start, end));
  return { ...turn, start: from, end: from + end - start };
}
