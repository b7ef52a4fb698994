import type { ThinkMarkers } from "../../model/tokens/think_markers.ts";
import type { Division } from "../../units/division.ts";
import { divide } from "../../units/divide.ts";
import { matchTemplate } from "../../units/slots.ts";
import { isBlank, type Span } from "../../units/text_segments.ts";
import type { Unit, UnitToken } from "../../units/unit.ts";
import type { SpansThrough } from "../options/chain_options.ts";

/** A span of the target: its text and its tokens. */
export type ChainSpan = Pick<Unit, "text" | "name" | "tokens">;

/** The answer in a target, and spans of what was generated before and beside it. */
export interface ChainSpans {
  readonly answer: ChainSpan;
  /** In order, named by their slots if they have any; tokens of the target may be in none of them. */
  readonly spans: readonly ChainSpan[];
}

/** A target as tokens. */
interface TokenizedTarget {
  readonly text: string;
  /** [T], with offsets into `text`; −1 where they are not known. */
  readonly tokens: readonly Omit<UnitToken, "frozen">[];
}

/** Slot of a template that is the answer. */
const ANSWER_SLOT = "answer";

/**
 * Finds the spans of a target that chains to its answer pass.
 *
 * The answer is what the caller says, or a template's slot `answer`, or what stands behind the reasoning or behind the
 * last given span, or else the last of the sentences (lines, words, tokens) itself.
 *
 * @param markers texts around the reasoning, which may have begun in the prompt
 * @throws {RangeError} if the reasoning, the answer or a span is not there, or the places of tokens are not known
 */
export function chainSpans(
  { text, tokens }: TokenizedTarget,
  through: SpansThrough,
  answer: string | null,
  markers: ThinkMarkers,
): ChainSpans {
  const placed = tokens.every(({ start }) => start >= 0);
  const byToken = through.kind === "tokens";
  if (!placed && !(byToken && answer === null)) {
    throw refusal("the target must be text whose tokens have places in it", "bytes that make no character");
  }
  const thought = placed ? findReasoning(text, markers) : null;
  if (thought === null && through.kind === "reasoning") {
    throw refusal(`the target must hold the end of its reasoning, ${markers.close}`, JSON.stringify(text));
  }
  const given = answer === null ? null : lastPlace(text, answer);
  const at = given ?? namedAnswer(text, through) ?? answerBehind(text, through, thought);
  const found = at === null ? lastUnit(text, tokens, through) : tokensIn(text, tokens, at, "answer");
  const spans = spansOf({ text, tokens }, through, thought?.inside ?? null, found);
  if (spans.length === 0 && !byToken) throw refusal("a span must stand beside the answer", JSON.stringify(text));
  return { answer: found, spans };
}

/** A stretch of reasoning: its text, and where the text behind its closing marker starts. */
interface Reasoning {
  readonly inside: Span;
  readonly behind: number;
}

function findReasoning(text: string, { open, close }: ThinkMarkers): Reasoning | null {
  const end = text.lastIndexOf(close);
  if (end < 0) return null;
  const opened = text.indexOf(open);
  const start = opened < 0 || opened > end ? 0 : opened + open.length;
  return { inside: { start, end }, behind: end + close.length };
}

function lastPlace(text: string, answer: string): Span {
  const start = text.lastIndexOf(answer);
  if (start < 0) throw refusal(`the target must hold the answer ${JSON.stringify(answer)}`, JSON.stringify(text));
  return { start, end: start + answer.length };
}

function namedAnswer(text: string, through: SpansThrough): Span | null {
  if (through.kind !== "template") return null;
  return matchTemplate(through.template, text).find(({ name }) => name === ANSWER_SLOT) ?? null;
}

/** The place behind the reasoning or the given spans; null if the answer is a unit of the division itself. */
function answerBehind(text: string, through: SpansThrough, thought: Reasoning | null): Span | null {
  const named = through.kind === "spans"
    ? through.spans
    : through.kind === "template"
    ? matchTemplate(through.template, text)
    : null;
  if (named === null && thought === null) return null;
  // Spans within the reasoning: its end is none of the answer.
  const start = Math.max(thought?.behind ?? 0, ...(named ?? []).map(({ end }) => end));
  return { start, end: text.length };
}

function lastUnit(text: string, tokens: TokenizedTarget["tokens"], through: SpansThrough): ChainSpan {
  return spanOf(divide(text, tokens.map(free), through as Division).at(-1)!);
}

/** The tokens in a range of the text as one span. */
function tokensIn(text: string, tokens: TokenizedTarget["tokens"], { start, end }: Span, name: string): ChainSpan {
  if (start >= end || isBlank(text.slice(start, end))) {
    throw refusal(`the target must have text in its ${name}`, JSON.stringify(text));
  }
  const spans = [{ name, start, end }];
  return spanOf(divide(text, tokens.map(free), { kind: "spans", spans }).find((unit) => !unit.frozen)!);
}

/** Divides what is not the answer: the reasoning where there is one, else all that stands before the answer. */
function spansOf(
  { text, tokens }: TokenizedTarget,
  through: SpansThrough,
  inside: Span | null,
  answer: ChainSpan,
): ChainSpan[] {
  if (through.kind === "reasoning") return [apart(tokensIn(text, tokens, inside!, "reasoning"), answer)];
  if (through.kind === "spans" || through.kind === "template") {
    return divide(text, tokens.map(free), through)
      .filter(({ frozen, name }) => !frozen && !(through.kind === "template" && name === ANSWER_SLOT))
      .map((unit) => apart({ ...spanOf(unit), name: through.kind === "template" ? unit.name : null }, answer));
  }
  const region = inside === null ? null : tokensIn(text, tokens, inside, "reasoning").tokens;
  const wanted = (t: number) => region === null ? t < answer.tokens[0] : region.includes(t);
  const kept = tokens.map((token, t) => ({ ...token, frozen: answer.tokens.includes(t) || !wanted(t) }));
  return divide(text, kept, through).filter(({ frozen }) => !frozen).map(spanOf);
}

/** Holds a span apart from the answer: no token lies in both. */
function apart(span: ChainSpan, answer: ChainSpan): ChainSpan {
  if (!span.tokens.some((t) => answer.tokens.includes(t))) return span;
  throw refusal(`the span ${JSON.stringify(span.text)} must have no token of the answer`, JSON.stringify(answer.text));
}

function free(token: Omit<UnitToken, "frozen">): UnitToken {
  return { ...token, frozen: false };
}

function spanOf({ text, name, tokens }: Unit): ChainSpan {
  return { text, name, tokens };
}

function refusal(must: string, got: string): RangeError {
  return new RangeError(`Cannot follow chains as ${must}: got ${got}`);
}
