import type { AttributionRecord } from "./record/record.ts";
import type { LanguageModel } from "../model/model.ts";
import type { ChatMessage } from "../model/tokens/chat_turns.ts";
import { isDrawn } from "../model/generate/sampler.ts";
import type { PromptToken, Token, Tokenizer } from "../model/tokens/tokenizer.ts";
import { divide } from "../units/divide.ts";
import type { Span } from "../units/text_segments.ts";
import { type PromptDocument, promptDocuments } from "./context/context_text.ts";
import { withDocuments } from "./context/documents.ts";
import type { Unit, UnitToken } from "../units/unit.ts";
import type { AttributionText } from "./options/attribution_text.ts";
import type { CommonOptions } from "./options/common_options.ts";
import { frozenText, type FrozenTokens } from "./options/freeze.ts";
import { divisionOf } from "./own/own_units.ts";

/** A prompt and a target as tokens, with what is frozen. */
export interface PreparedText {
  /** With a history, its messages and the prompt, a line break between them; documents of a context are in it. */
  readonly promptText: string;
  /** [L] */
  readonly promptTokens: readonly PromptToken[];
  /** [L] */
  readonly promptIds: readonly number[];
  /** The prompt's embeddings, [L, D]: every method starts from these, so that a metric may change them. */
  readonly promptRows: Float32Array;
  /** [L]; with a template, also what stands outside of its slots, and with a context what is not of it */
  readonly frozen: readonly boolean[];
  /** [L] */
  readonly unitTokens: readonly UnitToken[];
  /** Each prompt token is in one of them. */
  readonly units: readonly Unit[];
  /** The continuation that is explained. */
  readonly targetText: string;
  /** With UTF-16 offsets into `targetText`, −1 where they are not known. */
  readonly targetTokens: readonly (Token & Span)[];
  /** [T] */
  readonly targetIds: readonly number[];
  /** Another continuation that the target is compared with; null without one. */
  readonly alternative: {
    readonly text: string;
    readonly tokens: readonly Token[];
    readonly ids: readonly number[];
  } | null;
  /** Options of the generation; null if the target was given. */
  readonly generation: NonNullable<AttributionRecord["target"]["generation"]> | null;
  /** Units that rows of the matrix are summed over, each target token in one of them; null for tokens. */
  readonly targetUnits: readonly Unit[] | null;
  /** Documents that the prompt is about; null without a context. */
  readonly context: readonly PromptDocument[] | null;
  /** Target tokens that a search looks at, those that depend on the context; null for all. */
  readonly watched: readonly number[] | null;
  /** True if the prompt is in the chat template. */
  readonly chat: boolean;
  /** Messages before the prompt; most often none. */
  readonly history: readonly ChatMessage[];
  /** True if prompt and target (or alternative) tokenized as one text give other tokens than one by one. */
  readonly boundaryDiffers: boolean;
}

/** Tokens that are generated where neither a target nor their number is given. */
const DEFAULT_GENERATED = 20;

/**
 * Tokenizes the prompt and the target, or generates the target.
 *
 * @throws {RangeError} if the prompt or the target is empty, the alternative is the target, every token is frozen, or
 * the prompt or the target does not have the units
 * @throws {SyntaxError} if a template of units is malformed
 */
export async function prepareText(
  model: LanguageModel,
  text: AttributionText,
  { freeze, units: division, targetUnits, objective }: Omit<CommonOptions, "metrics">,
): Promise<PreparedText> {
  const tokenizer = await model.tokenizer();
  const { history = [], chat = history.length > 0 } = text;
  const { prompt, documents } = withDocuments(text.prompt, text.context ?? []);
  const { text: promptText, tokens, turns } = await tokenizer.encodePrompt(prompt, { chat, history });
  if (tokens.length === 0) {
    throw new RangeError("Cannot attribute as the prompt must have at least one token: got none");
  }
  const promptIds = tokens.map((token) => token.id);
  const frozen = await frozenPositions(tokens, freeze, tokenizer);
  const context = documents.length === 0 ? null : promptDocuments(promptText, tokens, moved(documents, history));
  if (context !== null) freezeOthers(frozen, context);
  const unitTokens = tokens.map(({ text, start, end }, i) => ({ text, start, end, frozen: frozen[i] }));
  if (frozen.every(Boolean)) {
    throw new RangeError(
      `Cannot attribute as the prompt must have a token that is not frozen: got all ${frozen.length} frozen by ` +
        freeze.map(frozenText).join(", "),
    );
  }
  const units = divide(promptText, unitTokens, await divisionOf(division, promptText), turns);
  for (const unit of units) for (const token of unit.tokens) frozen[token] = unit.frozen;
  const generation = text.target === undefined ? describeGeneration(text) : null;
  const targetIds = generation === null
    ? await tokenizer.encodeTarget(text.target!)
    : await model.generate(promptIds, generation.generate, text);
  if (targetIds.length === 0) {
    throw new RangeError(
      text.target === undefined
        ? "Cannot attribute as the model must generate at least one token: it ended, or began a stop text, at once"
        : "Cannot attribute as the target must have at least one token: got an empty text",
    );
  }
  const alternative = await alternativeOf(tokenizer, text, objective, targetIds);
  const differs = async (ids: readonly number[], continuation?: string) =>
    continuation !== undefined && !chat &&
    String(await tokenizer.encodeJoint(prompt, continuation)) !== String([...promptIds, ...ids]);
  const targetText = text.target ?? tokenizer.decode(targetIds);
  const targetTokens = locatedTokens(tokenizer, targetText, targetIds);
  return {
    promptText,
    promptTokens: tokens,
    promptIds,
    promptRows: await model.embed(promptIds),
    frozen,
    unitTokens,
    units,
    targetText,
    targetTokens,
    targetIds,
    alternative,
    generation,
    targetUnits: targetUnits.kind === "tokens" ? null : divide(
      targetText,
      targetTokens.map((token) => ({ ...token, frozen: false })),
      await divisionOf(targetUnits, targetText),
    ),
    context,
    watched: null,
    chat,
    history,
    boundaryDiffers: await differs(targetIds, text.target) || await differs(alternative?.ids ?? [], alternative?.text),
  };
}

/** Moves ranges of the prompt behind the messages before it. */
function moved<S extends Span>(spans: readonly S[], history: readonly ChatMessage[]): S[] {
  const before = history.reduce((length, { content }) => length + content.length + 1, 0);
  return spans.map((span) => ({ ...span, start: span.start + before, end: span.end + before }));
}

/** Keeps what is not of the context: only documents come and go. */
function freezeOthers(frozen: boolean[], context: readonly PromptDocument[]): void {
  const own = new Set(context.flatMap(({ tokens }) => tokens));
  frozen.forEach((_, i) => frozen[i] ||= !own.has(i));
}

/** The alternative that `contrastive` needs and no other objective has a use for. */
async function alternativeOf(
  tokenizer: Tokenizer,
  { alternative: text }: AttributionText,
  objective: CommonOptions["objective"],
  targetIds: readonly number[],
): Promise<PreparedText["alternative"]> {
  if (objective !== "contrastive" || text === undefined) return null;
  const ids = await tokenizer.encodeTarget(text);
  if (String(ids) === String(targetIds)) {
    throw new RangeError(`Cannot attribute as the alternative must not be the target: got ${JSON.stringify(text)}`);
  }
  return { text, tokens: tokenizer.describe(ids), ids };
}

/** Every option, resolved; null for what has no effect. */
function describeGeneration(text: AttributionText): NonNullable<PreparedText["generation"]> {
  const { generate = DEFAULT_GENERATED, temperature, topK = null, topP, repetitionPenalty = 1, seed = 0, stop = [] } =
    text;
  const drawn = isDrawn(text);
  return {
    generate,
    temperature: drawn ? temperature ?? 1 : null,
    topK,
    topP: drawn ? topP ?? 1 : null,
    repetitionPenalty,
    seed: drawn ? seed : null,
    stop: [...stop],
  };
}

/** Bytes that make no character are shown otherwise in a generated text: then its tokens have no offsets. */
function locatedTokens(tokenizer: Tokenizer, text: string, ids: readonly number[]): (Token & Span)[] {
  const tokens = tokenizer.describe(ids);
  let spans: Span[];
  try {
    spans = tokenizer.locate(text, ids);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    spans = ids.map(() => ({ start: -1, end: -1 }));
  }
  return tokens.map((token, t) => ({ ...token, start: spans[t].start, end: spans[t].end }));
}

/** @throws {RangeError} if a position lies behind the prompt, or a token does not exist */
async function frozenPositions(
  tokens: readonly PromptToken[],
  freeze: readonly FrozenTokens[],
  { tokenId }: Pick<Tokenizer, "tokenId">,
): Promise<boolean[]> {
  const frozen = tokens.map(() => false);
  const freezeWhere = (isFrozen: (token: PromptToken) => boolean) =>
    tokens.forEach((token, i) => frozen[i] ||= isFrozen(token));
  for (const which of freeze) {
    switch (which.kind) {
      case "special":
        freezeWhere((token) => token.special);
        break;
      case "template":
        freezeWhere((token) => token.template);
        break;
      case "first":
        frozen[0] = true;
        break;
      case "token": {
        const id = await tokenId(which.token);
        freezeWhere((token) => token.id === id);
        break;
      }
      case "position":
        if (which.position >= tokens.length) {
          throw new RangeError(
            `Cannot attribute as freeze must be special, template, first, token:<id or text> or positions 0 … ${
              tokens.length - 1
            }: got ${which.position}`,
          );
        }
        frozen[which.position] = true;
    }
  }
  return frozen;
}
